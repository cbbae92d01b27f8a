// Protects "what support decides happens, once, and to nobody else": measures of a case on a real Synapse, with their
// second person, their failures, and Synapse away.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseAccounts } from "#lib/matrix/accounts.ts";
import { SynapseUnreachable } from "#lib/matrix/errors.ts";
import { synapseMeasures } from "#lib/matrix/measures.ts";
import { reporterApi, synapseReports } from "#lib/matrix/reports.ts";
import { synapseRoomKeeping } from "#lib/matrix/room-keeping.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { openChatSchool, type ChatSchool } from "#test/chat-school.ts";
import { purgeRoom } from "#test/rooms.ts";
import { signIn } from "#test/school.ts";
import { provisionOne } from "#test/keeper.ts";
import { startTestSystem, TEST_KEYS, type TestSystem } from "#test/system.ts";
import { readCaseFacts } from "./measure-facts.ts";
import {
  confirmMeasureCommand,
  requestMeasureWith,
  retryMeasureCommand,
  takeMeasureBackCommand,
} from "./measure-commands.ts";
import { measureOptions, type MeasureKind } from "./measure-rules.ts";
import { mergeCaseCommand } from "./merge-commands.ts";
import type { MeasureDependencies } from "./measure-steps.ts";
import { carryOutMeasures, followMeasures } from "./measure-work.ts";
import { verifyNext } from "./verify.ts";

let system: TestSystem;
let school: ChatSchool;
let jobs: JobSender;
let support: Principal;
let second: Principal;
let room: string;
let eventId: string;
let caseId: string;

const db = () => system.database.db;
const people = () => school.people;
const tools = () => ({ keys: TEST_KEYS, serverName: system.serverName });
const connection = (baseUrl = system.synapseUrl) =>
  connectMatrix({ baseUrl, accessToken: system.provisioner.accessToken, callTimeoutMs: 10_000 });
const dependencies = (baseUrl?: string): MeasureDependencies => ({
  db: db(),
  ...tools(),
  jobs,
  measures: synapseMeasures(connection(baseUrl)),
  rooms: synapseRooms(connection(baseUrl)),
});
const work = (baseUrl?: string) => carryOutMeasures(dependencies(baseUrl), caseId, AbortSignal.timeout(30_000));
const act = (who: Principal) => {
  const perform = { db: db(), jobs };
  const asking = () => Promise.resolve(who);
  return {
    request: (input: unknown) => performAction(perform, requestMeasureWith(tools), asking, input),
    confirm: (measureId: string) => performAction(perform, confirmMeasureCommand, asking, { measureId }),
    takeBack: (measureId: string) => performAction(perform, takeMeasureBackCommand, asking, { measureId }),
    retry: (measureId: string) => performAction(perform, retryMeasureCommand, asking, { measureId }),
  };
};

async function options() {
  const facts = await readCaseFacts(db(), tools(), caseId);
  if (facts === null) throw new Error("no facts");
  return measureOptions(facts);
}

async function wish(kind: MeasureKind, text = "") {
  const { version } = await db().reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const { targets } = (await options()).find((one) => one.kind === kind) ?? { targets: [] };
  return { caseId, version, kind, targets: targets.length > 0 ? targets : ["@u-nobody:localhost"], text };
}

async function take(kind: MeasureKind, text = ""): Promise<string> {
  const answer = await act(support).request(await wish(kind, text));
  if (!answer.ok) throw new Error(`${kind}: ${answer.error.code}`);
  const [id = ""] = answer.value.measureIds;
  return id;
}

const stateOf = async (id: string) => {
  const { state, problem } = await db().caseMeasure.findUniqueOrThrow({ where: { id } });
  return problem === null ? state : `${state} ${problem}`;
};
const entries = async () =>
  (await db().caseEntry.findMany({ where: { caseId }, orderBy: { id: "asc" } })).map(
    ({ content }) => (content as { type: string }).type,
  );

async function grantSupport(id: string): Promise<Principal> {
  await db().person.create({
    data: {
      id,
      source: "console",
      familyName: "Test",
      givenName: id,
      displayName: `Test, ${id}`,
      subject: id,
      localpart: `u-${id}`,
      consoleRoles: { create: { role: "support" } },
    },
  });
  return await signIn(db(), id);
}

beforeAll(async () => {
  system = await startTestSystem();
  school = await openChatSchool(system);
  jobs = new JobSender(system.database.url);
  support = await grantSupport("support1");
  second = await grantSupport("support2");
}, 180_000);
afterAll(async () => {
  await jobs.stop();
  await system.stop();
});

async function upload(): Promise<string> {
  const response = await fetch(`${system.chatUrl}/_matrix/media/v3/upload?filename=bild.png`, {
    method: "POST",
    headers: { authorization: `Bearer ${people().pupilb.accessToken}`, "content-type": "image/png" },
    body: Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
    signal: AbortSignal.timeout(10_000),
  });
  const { content_uri: uri } = (await response.json()) as { content_uri: string };
  return uri;
}

let uri = "";
/** A room in which pupilb says something that pupila reports. */
async function openCase(): Promise<void> {
  const { teacher, pupila, pupilb } = people();
  room = await teacher.openRoom({ preset: "private_chat", name: "Klasse 7b", invite: [pupila.userId, pupilb.userId] });
  await pupila.join(room);
  await pupilb.join(room);
  uri = await upload();
  const sent = await pupilb.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, {
    msgtype: "m.image",
    body: "bild.png",
    url: uri,
  });
  eventId = String(sent.body["event_id"]);
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report/${encodeURIComponent(eventId)}`;
  await pupila.request("POST", path, { reason: "er beleidigt mich" });
  const api = synapseReports(connection());
  const synapse = () => ({ reports: api, asReporter: (token: string) => reporterApi(system.synapseUrl, token) });
  while (await verifyNext({ db: db(), ...tools(), synapse }));
  caseId = (await db().report.findFirstOrThrow({ where: { eventId } })).caseId ?? "";
}
beforeEach(openCase);

const message = (who: { inRoom: ChatSchool["people"]["teacher"]["inRoom"] }) =>
  who.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, { msgtype: "m.text", body: "hallo" });

test("the preview names parties, room and messages of the case and nothing else", async () => {
  const found = await options();
  const of = (kind: MeasureKind) => found.find((one) => one.kind === kind);
  const reported = people().pupilb.userId;
  expect(of("warn")).toMatchObject({ targets: [reported], blocked: null });
  expect(of("redact")).toMatchObject({ targets: [eventId], blocked: null });
  expect(of("quarantineMedia")).toMatchObject({ targets: [eventId], effects: [{ key: "mediaGone", count: 1 }, {}] });
  expect(of("closeRoom")).toMatchObject({ targets: [room], effects: [{ count: 3, room: "Klasse 7b" }, {}, {}] });
  expect(of("tellReporter")).toMatchObject({ targets: [people().pupila.userId] });
  expect(of("liftSuspension")).toMatchObject({ blocked: "notInForce" });
});

test("a warning and the outcome reach both sides as notices of the server, once", async () => {
  const warned = await take("warn", "Bitte beleidigen Sie niemanden.");
  const told = await take("tellReporter", "Wir haben gehandelt.\n<b>Danke</b>");
  await work();
  await work();
  expect([await stateOf(warned), await stateOf(told)]).toEqual(["done", "done"]);
  const bodies = async (who: ChatSchool["people"]["teacher"]) => {
    const found: string[] = [];
    for (const id of await who.rooms("join")) {
      const answer = await who.inRoom("GET", id, "messages?dir=b&limit=50");
      const chunk = answer.body["chunk"] as { sender: string; content: { body?: string } }[];
      found.push(
        ...chunk.filter(({ sender }) => sender.startsWith("@schulchat_hinweise:")).map((e) => e.content.body ?? ""),
      );
    }
    return found.filter((text) => text !== "");
  };
  expect(await bodies(people().pupilb)).toEqual(["Bitte beleidigen Sie niemanden."]);
  expect(await bodies(people().pupila)).toEqual(["Wir haben gehandelt.\n<b>Danke</b>"]);
});

test("the event is redacted in Synapse; a second wish for the same is refused; a redacted one is fine", async () => {
  const id = await take("redact");
  const again = await act(second).request({ ...(await wish("redact")), targets: [eventId] });
  expect(again).toMatchObject({ ok: false, error: { code: "notFound" } });
  await work();
  expect(await stateOf(id)).toBe("done");
  const seen = await people().pupila.inRoom("GET", room, `event/${encodeURIComponent(eventId)}`);
  expect(seen.body["content"]).toEqual({});
  await db().caseMeasure.update({ where: { id }, data: { state: "queued" } }); // as after a crash before the record
  await work();
  expect(await stateOf(id)).toBe("done");
});

test("of a case that another was merged into, the messages of both rooms are redacted, each in its own", async () => {
  const first = { room, eventId, caseId };
  await openCase();
  const shown = (id: string) => db().reportCase.findUniqueOrThrow({ where: { id } });
  const [from, into] = [await shown(first.caseId), await shown(caseId)];
  const merging = { caseId: from.id, version: from.version, intoNumber: Number(into.number) };
  const asking = () => Promise.resolve(support);
  expect(await performAction({ db: db(), jobs }, mergeCaseCommand, asking, merging)).toMatchObject({ ok: true });
  const { targets } = await wish("redact");
  expect(targets.toSorted()).toEqual([first.eventId, eventId].toSorted());
  await take("redact");
  await work();
  for (const of of [first, { room, eventId }]) {
    const seen = await people().pupila.inRoom("GET", of.room, `event/${encodeURIComponent(of.eventId)}`);
    expect(seen.body["content"]).toEqual({});
  }
});

test("two people at once: the second is told, nothing is done twice", async () => {
  const [mine, theirs] = [await wish("suspend"), await wish("suspend")];
  const answers = await Promise.all([act(support).request(mine), act(second).request(theirs)]);
  expect(answers.map((one) => (one.ok ? "ok" : one.error.code)).toSorted()).toEqual(["caseChanged", "ok"]);
  expect(await db().caseMeasure.count({ where: { caseId } })).toBe(1);
  await work();
  expect((await message(people().pupilb)).errcode).toBe("M_USER_SUSPENDED");
  expect((await options()).find(({ kind }) => kind === "suspend")?.blocked).toBe("inForce");
  await take("liftSuspension");
  await work();
  expect((await message(people().pupilb)).status).toBe(200);
});

test("removed from the room, and only from it", async () => {
  const id = await take("removeFromRoom");
  await work();
  await db().caseMeasure.update({ where: { id }, data: { state: "queued" } }); // as after a crash before the record
  await work();
  expect(await stateOf(id)).toBe("done");
  expect(await people().pupilb.rooms("join")).not.toContain(room);
  expect((await message(people().pupila)).status).toBe(200);
});

test("a lock holds against the directory's repair, needs a second person, and is lifted by another measure", async () => {
  const id = await take("lock");
  await work();
  expect((await message(people().pupilb)).errcode).toBe("M_USER_LOCKED");
  const accounts = synapseAccounts(connection(), "oidc-school");
  await db().person.update({ where: { id: "pupilb" }, data: { accountState: "active", accountSyncedAt: null } });
  await provisionOne(
    {
      db: db(),
      jobs,
      accounts,
      keeping: synapseRoomKeeping(connection()),
      rooms: synapseRooms(connection()),
      serverName: system.serverName,
    },
    "pupilb",
  );
  expect((await message(people().pupilb)).errcode).toBe("M_USER_LOCKED");

  expect(await act(support).confirm(id)).toMatchObject({ ok: false, error: { code: "needsSecondPerson" } });
  expect(await act(second).confirm(id)).toMatchObject({ ok: true });
  expect(await act(second).confirm(id)).toMatchObject({ ok: false, error: { code: "alreadyDone" } });
  await followMeasures({ db: db(), jobs }, new Date(Date.now() + 25 * 3_600_000));
  await work();
  expect(await stateOf(id)).toBe("confirmed");
  await take("unlock");
  await work();
  expect((await message(people().pupilb)).status).toBe(200);
});

test("nobody confirms within a day: the lock is taken back and says so", async () => {
  const id = await take("lock");
  await work();
  await followMeasures({ db: db(), jobs }, new Date(Date.now() + 23 * 3_600_000));
  expect(await stateOf(id)).toBe("done");
  await followMeasures({ db: db(), jobs }, new Date(Date.now() + 25 * 3_600_000));
  await work();
  expect(await stateOf(id)).toBe("reverted");
  expect((await message(people().pupilb)).status).toBe(200);
  expect(await entries()).toContain("measureReverted");
});

test("a closed room is read-only at once, and emptied after the second person", async () => {
  const id = await take("closeRoom");
  await work();
  expect((await message(people().teacher)).status).toBe(403);
  expect(await people().teacher.rooms("join")).toContain(room);
  expect(await act(second).confirm(id)).toMatchObject({ ok: true });
  await work();
  expect(await stateOf(id)).toBe("confirmed");
  expect(await people().teacher.rooms("join")).not.toContain(room);
});

test("a closed room is opened again as it was", async () => {
  const id = await take("closeRoom");
  await work();
  expect(await act(support).takeBack(id)).toMatchObject({ ok: true });
  await work();
  expect(await stateOf(id)).toBe("reverted");
  expect((await message(people().pupila)).status).toBe(200);
  expect((await options()).find(({ kind }) => kind === "closeRoom")?.blocked).toBeNull();
});

test("the files of a message are out of reach, and back again if taken back", async () => {
  const [, , server = "", media = ""] = uri.split("/");
  const fetched = async () =>
    (
      await fetch(`${system.synapseUrl}/_matrix/client/v1/media/download/${server}/${media}`, {
        headers: { authorization: `Bearer ${people().pupila.accessToken}` },
        signal: AbortSignal.timeout(10_000),
      })
    ).status;
  expect(await fetched()).toBe(200);
  const id = await take("quarantineMedia");
  await work();
  expect(await stateOf(id)).toBe("done");
  expect(await fetched()).toBe(404);
  await act(second).takeBack(id);
  await work();
  expect(await fetched()).toBe(200);
});

test("a party sees no case and confirms nothing, whatever the role", async () => {
  const id = await take("lock");
  await db().consoleRoleGrant.create({ data: { personId: "pupila", role: "support" } });
  const party = await signIn(db(), "pupila");
  expect(await act(party).confirm(id)).toMatchObject({ ok: false, error: { code: "notFound" } });
  expect(await act(party).takeBack(id)).toMatchObject({ ok: false, error: { code: "notFound" } });
  expect(await act(party).request(await wish("warn", "Das bin ich selbst."))).toMatchObject({
    error: { code: "notFound" },
  });
  await expect(
    db().caseMeasure.update({ where: { id }, data: { confirmedById: "pupila", confirmedAt: new Date() } }),
  ).rejects.toThrow("a party of the case");
  await db().consoleRoleGrant.deleteMany({ where: { personId: "pupila" } });
  await act(support).takeBack(id);
  await work();
});

test("nobody but the case's own may be meant", async () => {
  const { version } = await db().reportCase.findUniqueOrThrow({ where: { id: caseId } });
  for (const target of [people().teacher.userId, people().pupila.userId, system.provisioner.userId, room]) {
    const answer = await act(support).request({ caseId, version, kind: "suspend", targets: [target], text: "" });
    expect(answer).toMatchObject({ ok: false, error: { code: "notFound" } });
  }
});

test("Synapse away: the measure waits, and is done once it is back", async () => {
  const id = await take("redact");
  await expect(work("http://127.0.0.1:9")).rejects.toBeInstanceOf(SynapseUnreachable);
  expect(await stateOf(id)).toBe("queued");
  expect(await followMeasures({ db: db(), jobs }, new Date())).toBe(0); // its job is alive
  await work();
  expect(await stateOf(id)).toBe("done");
});

test("a measure whose job is lost gets another one", async () => {
  await take("redact");
  await db().$executeRaw`DELETE FROM pgboss.job WHERE name = 'case-measures'`;
  expect(await followMeasures({ db: db(), jobs }, new Date())).toBeGreaterThan(0);
  await work();
});

test("purged room, deleted account: it failed, and the timeline says why; it can be tried again", async () => {
  const redact = await take("redact");
  await purgeRoom(system, room);
  await work();
  expect(await stateOf(redact)).toBe("failed eventGone");
  expect(await entries()).toContain("measureFailed");
  expect(await act(support).retry(redact)).toMatchObject({ ok: true });
  await work();
  expect(await stateOf(redact)).toBe("failed eventGone");
  expect(await act(support).confirm(redact)).toMatchObject({ ok: false });
});
