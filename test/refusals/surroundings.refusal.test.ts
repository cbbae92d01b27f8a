// What no row of the rule table covers, closed by the proxy's routes and by hardening.yaml: ways to reach or find people
// without any room, and what is nobody's business outside.
import { describe } from "vitest";
import { z } from "zod";
import { until } from "../until.ts";
import { MatrixSession, type TestSystem } from "../system.ts";
import {
  answerTo,
  expectHidden,
  expectRefused,
  inboxOf,
  joinRule,
  managedRoom,
  ownRoom,
  PROXY,
  succeed,
  test,
} from "./world.ts";

const profileOf = (session: MatrixSession): string =>
  `/_matrix/client/v3/profile/${encodeURIComponent(session.userId)}`;

describe("free text to strangers", () => {
  test.for<[string, string]>([
    ["a custom profile field", "org.example.status"],
    ["a picture, even the first one", "avatar_url"],
    ["another display name", "displayname"],
  ])("%s", async ([, field], { school: { system, people } }) => {
    const { pupilb } = people;
    const path = `${profileOf(pupilb)}/${field}`;
    const value = field === "avatar_url" ? "mxc://localhost/schulleitung" : "Wer hat Lust auf Streit?";
    const request = () => pupilb.request("PUT", path, { [field]: value });
    await expectRefused({ system, request, witnesses: [answerTo(pupilb, profileOf(pupilb))] }, PROXY.managedAccount);
  });

  test("a message from device to device", async ({ school: { system, people } }) => {
    const device = `/_synapse/admin/v2/users/${encodeURIComponent(people.pupilb.userId)}/devices`;
    await system.provisioner.request("POST", device, { device_id: "PHONE" });
    const messages = { [people.pupilb.userId]: { "*": { msgtype: "m.text", body: "Ich weiß, wo du wohnst" } } };
    const path = `/_matrix/client/v3/sendToDevice/m.room.message/${crypto.randomUUID()}`;
    const request = () => people.pupila.request("PUT", path, { messages });
    await expectRefused({ system, request, witnesses: [inboxOf(system, people.pupilb)] }, PROXY.messageKind);
  });

  test("a presence status", async ({ school: { system, people } }) => {
    await ownRoom(system, people.teacher, { members: [people.pupila] });
    const path = `/_matrix/client/v3/presence/${encodeURIComponent(people.pupila.userId)}/status`;
    const request = () => people.pupila.request("PUT", path, { presence: "online", status_msg: "Wer will Streit?" });
    await expectRefused({ system, request, witnesses: [answerTo(people.teacher, path)] }, PROXY.noPresence);
  });
});

describe("finding people", () => {
  test("Synapse's user directory, which shows whoever is in a public room", async ({ school: { system, people } }) => {
    const room = await managedRoom(system, { members: [people.pupilc] });
    await succeed(system.provisioner.setState(room, "m.room.join_rules", { join_rule: "public" }));
    const path = "/_matrix/client/v3/user_directory/search";
    const isShown = async () => {
      const { body } = await succeed(people.foreignpupil.request("POST", path, { search_term: "u-pupilc" }));
      return z.object({ results: z.array(z.unknown()) }).parse(body).results.length > 0;
    };
    // Synapse fills its directory a moment after the join; with our defences there is nothing to wait for
    if (system.defences === "off") await until(isShown, "the directory is filled");
    await expectHidden("the stranger", isShown);
  });

  test.for(["GET", "POST"] as const)("published rooms (%s)", async (method, { school: { system, people } }) => {
    const room = await managedRoom(system, { state: [joinRule({ join_rule: "public" })] });
    const list = `/_matrix/client/v3/directory/list/room/${encodeURIComponent(room)}`;
    // with our defences not even the provisioner can
    if (system.defences === "off") await succeed(system.provisioner.request("PUT", list, { visibility: "public" }));
    const isShown = async () => {
      const { body } = await succeed(
        people.foreignpupil.request(method, "/_matrix/client/v3/publicRooms", method === "POST" ? {} : undefined),
      );
      return z.object({ chunk: z.array(z.object({ room_id: z.string() })) }).parse(body).chunk.length > 0;
    };
    if (system.defences === "off") await until(isShown, "the list is filled");
    await expectHidden("the room", isShown);
  });

  test("the profile of a stranger", async ({ school: { system, people } }) => {
    const request = () => people.foreignpupil.request("GET", profileOf(people.pupilb));
    const refusal = { errcode: "M_FORBIDDEN", error: "Profile isn't available" };
    await expectRefused({ system, request }, refusal);
  });
});

describe("administration", () => {
  test.for<[string, string]>([
    ["the admin API, even with the provisioner's token", "/_synapse/admin/v1/server_version"],
    ["registration by the shared secret", "/_synapse/admin/v1/register"],
    ["administration in the client API", "/_matrix/client/v3/admin/whois/%40u-teacher%3Alocalhost"],
  ])("%s", async ([, path], { school: { system } }) => {
    const { userId, accessToken } = system.provisioner;
    const outside = new MatrixSession(system.chatUrl, userId, accessToken);
    await expectRefused({ system, request: () => outside.request("GET", path) }, PROXY.unknownAddress);
  });
});

describe("accounts follow the directory", () => {
  const PASSWORD = "ein-langes-Passwort-von-Hand";

  test("nobody signs in with a password", async ({ school: { system } }) => {
    const person = await system.signIn("u-withpassword");
    await givePassword(system, person);
    const identifier = { type: "m.id.user", user: person.userId };
    const body = { type: "m.login.password", identifier, password: PASSWORD };
    const request = () => person.request("POST", "/_matrix/client/v3/login", body);
    const refusal = { status: 400, errcode: "M_UNKNOWN", error: "Password login has been disabled." };
    await expectRefused({ system, request }, refusal);
  });

  test.for(["deactivate", "password"])("account/%s", async (what, { school: { system } }) => {
    const person = await system.signIn(`u-${what}`);
    await givePassword(system, person);
    const path = `/_matrix/client/v3/account/${what}`;
    const body = { new_password: "noch-ein-langes-Passwort" };
    const request = async () => {
      const asked = await person.request("POST", path, body);
      if (asked.status !== 401) return asked;
      const identifier = { type: "m.id.user", user: person.userId };
      const session = asked.body["session"];
      const auth = { type: "m.login.password", identifier, password: PASSWORD, session };
      return person.request("POST", path, { ...body, auth });
    };
    await expectRefused({ system, request }, PROXY.managedAccount);
  });

  /** With our defences not even the provisioner can. */
  async function givePassword({ defences, provisioner }: TestSystem, { userId }: MatrixSession): Promise<void> {
    if (defences === "on") return;
    const path = `/_synapse/admin/v2/users/${encodeURIComponent(userId)}`;
    await succeed(provisioner.request("PUT", path, { password: PASSWORD, logout_devices: false }));
  }
});
