import { describe, expect, test } from "vitest";
import { planEnvironment, readDemoSettings } from "./demo.ts";
import { readEnvironment } from "./env.ts";

const secretOf = (letter: string): string => letter + "0123456789abcdefghijklmnopqrstuvwxyz";
const facts = {
  secrets: {
    postgres: secretOf("p"),
    session: secretOf("s"),
    gate: secretOf("g"),
    oidcConsole: secretOf("o"),
    evidence: "e".repeat(64),
    oneRoster: secretOf("r"),
  },
  oneRosterServiceId: "service",
};
const plan = (source: Record<string, string>) => planEnvironment(readDemoSettings("/checkout", source), facts, source);

test("without any setting every process has all that it needs, on loopback only", () => {
  const environment = plan({});
  for (const part of ["web", "gate", "worker", "migrate"] as const)
    expect(() => readEnvironment(part, environment)).not.toThrow();
  const addresses = Object.values(environment).filter((value) => value.includes("://"));
  expect(addresses.filter((value) => !/\/\/(localhost|127\.0\.0\.1|schulchat:\w+@127\.0\.0\.1):/.test(value))).toEqual(
    [],
  );
});

test("another port moves the part and everybody who asks it", () => {
  expect(plan({ SYNAPSE_PORT: "9200", CHAT_PORT: "8118" })).toMatchObject({
    SYNAPSE_URL: "http://127.0.0.1:9200",
    CHAT_URL: "http://localhost:8118",
  });
});

describe("a real part", () => {
  test("a database of one's own is used for migrations too, and Synapse's demo still has one", () => {
    const source = { DATABASE_URL: "postgresql://a:b@db.example/schulchat" };
    expect(plan(source)["MIGRATION_DATABASE_URL"]).toBe(source.DATABASE_URL);
    expect(readDemoSettings("/checkout", source).brings).toMatchObject({ database: false, postgres: true });
  });

  test("never meets a secret of the demo: everything that is missing is listed at once", () => {
    const source = { OIDC_ISSUER: "https://login.example", SYNAPSE_URL: "https://synapse.example" };
    expect(() => plan(source)).toThrow(
      /OIDC_CLIENT_ID is missing[^]*GATE_SECRET is missing|GATE_SECRET is missing[^]*OIDC_CLIENT_ID is missing/,
    );
  });

  test("has no weak secret", () => {
    const source = {
      OIDC_ISSUER: "https://login.example",
      OIDC_CLIENT_ID: "console",
      OIDC_CLIENT_SECRET: "change-me",
    };
    expect(() => plan(source)).toThrow(/OIDC_CLIENT_SECRET is weak/);
  });
});

test("a mail server of one's own needs a sender", () => {
  const own = { SMTP_URL: "smtps://mail.example" };
  expect(() => plan(own)).toThrow(/MAIL_FROM is missing/);
  expect(() => plan({ ...own, MAIL_FROM: "Schulchat" })).toThrow(/MAIL_FROM is no sender/);
  for (const sender of ["chat@land.example", "Schulchat <chat@land.example>"]) {
    expect(plan({ ...own, MAIL_FROM: sender })).toMatchObject({ ...own, MAIL_FROM: sender });
  }
  expect(readDemoSettings("/checkout", own).brings.mail).toBe(false);
});

test("whatever tells people of cases needs the console's address, where its links lead", () => {
  const { CONSOLE_URL: _console, SMTP_URL: _mail, ...withoutConsole } = plan({});
  expect(() => readEnvironment("worker", withoutConsole)).not.toThrow();
  const room = { ...withoutConsole, REPORT_NOTICE_ROOM: "!meldungen:chat.example" };
  expect(() => readEnvironment("worker", room)).toThrow(/CONSOLE_URL is missing/);
  expect(() => readEnvironment("worker", { ...room, CONSOLE_URL: "https://konsole.example" })).not.toThrow();
});

test("a port that is none is refused with its name", () => {
  expect(() => readDemoSettings("/checkout", { CHAT_PORT: "http" })).toThrow(/CHAT_PORT/);
});
