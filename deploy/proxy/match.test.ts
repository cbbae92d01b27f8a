// Protects the route table itself: every listed request, the tricks among them, takes the route that it must.
import { describe, expect, test } from "vitest";
import { refusalBody, refusals } from "./answers.ts";
import { routeCases } from "./cases.ts";
import { matchRoute } from "./match.ts";
import { patternSource } from "./pattern.ts";
import { routes, type Target } from "./routes.ts";

function outcome(target: Target): string {
  return target.to === "refusal" ? target.refusal : target.to;
}

describe("matchRoute", () => {
  test.each(routeCases)("$method $url → $expected", ({ method, url, expected }) => {
    expect(outcome(matchRoute(method, url).target)).toBe(expected);
  });

  test("every version of the client API takes the same route", () => {
    for (const version of ["r0", "v1", "v3", "unstable", "api/v1", "unstable/org.example.x", "v99"]) {
      expect(matchRoute("POST", `/_matrix/client/${version}/user_directory/search`).target.to).toBe("gate");
      expect(matchRoute("POST", `/_matrix/client/${version}/knock/x`).route).toBe("knock");
      expect(matchRoute("POST", `/_matrix/client/${version}/register`).route).toBe("register");
    }
  });

  test("the query decides nothing", () => {
    expect(matchRoute("GET", "/_synapse/admin?/_matrix/client/versions").route).toBe("anything-else");
    expect(matchRoute("GET", "/_matrix/client/versions?/_synapse/admin//..").route).toBe("client");
  });

  test("media may be larger than messages", () => {
    expect(matchRoute("POST", "/_matrix/media/v3/upload").target).toEqual({ to: "synapse", body: "media" });
    expect(matchRoute("POST", "/_matrix/client/v3/createRoom").target).toEqual({ to: "synapse", body: "normal" });
  });

  test("a very long address is decided at once", () => {
    const started = performance.now();
    matchRoute("GET", `/_matrix/client/${"rooms/".repeat(2_000)}${"%".repeat(2_000)}`);
    matchRoute("GET", `/_matrix/client/${"rooms/".repeat(2_000)}x`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("the table", () => {
  test("each line has its own name, a reason, and at least one case that reaches it", () => {
    const names = routes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const reached = new Set(routeCases.map(({ method, url }) => matchRoute(method, url).route));
    expect(names.filter((name) => !reached.has(name))).toEqual([]);
    expect(routes.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });

  test("expressions stay within what JavaScript and nginx read alike", () => {
    const printableWithoutQuoteAndBackslash = /^[ !#-[\]-~]+$/;
    for (const { source } of routes) expect(source).toMatch(printableWithoutQuoteAndBackslash);
  });

  test("a pattern with a character of regular expressions is refused", () => {
    expect(() => patternSource("any", "/a+/b")).toThrow("no segment");
  });

  test("refusals are Matrix errors", () => {
    expect(JSON.parse(refusalBody(refusals.roomSetting))).toEqual({
      errcode: "DE.SCHULCHAT.ROOM_SETTING_REFUSED",
      error: "Diese Raumeinstellung ist im Schulchat nicht vorgesehen.",
    });
  });
});
