// Applies one message to the tables, in the caller's transaction together with the jobs that follow. Doing the same one
// again changes nothing, so that a redelivery after a crash is harmless.
import type { Transaction } from "#lib/db/client.ts";
import { findGroupsOf } from "../store.ts";
import type { SchoolChange } from "../types.ts";
import type { IntakeMessage, IntakeRoom } from "./messages.ts";
import { readUserId, type Match } from "./people.ts";
import {
  createPeople,
  findPeople,
  removePersonSource,
  updatePeople,
  writePersonSources,
  type AskedPerson,
  type KnownPerson,
} from "./person-store.ts";
import { addProblems, forgetUnnamed, replaceProblems, type Feed, type IntakeProblem } from "./problems.ts";
import { addMembers, endGroup, leaveGroups, removeOtherMembers, writeIntakeGroup } from "./store.ts";

export type ApplyContext = Feed & {
  readonly match: Match;
  readonly prefix: string;
  readonly serverName: string;
  readonly onSchoolChanged: (tx: Transaction, change: SchoolChange) => Promise<number>;
  readonly onPeopleLeft: (tx: Transaction, personIds: readonly string[]) => Promise<number>;
};

/** The message as a whole cannot be applied, now or later; nothing of it is kept. */
export class UnusableMessageError extends Error {
  override readonly name = "UnusableMessageError";
}

const SOURCE = "amqp";
/** A member's role in a group that messages keep; who moderates is a column of its own. */
const ROLE = "member";

type Changes = { readonly personIds: Set<string>; readonly groupIds: Set<string>; readonly leftIds: Set<string> };
type Found = Omit<IntakeProblem, "about">;

/** The caller holds the school. @throws {UnusableMessageError} */
export async function applyMessage(
  tx: Transaction,
  context: ApplyContext,
  message: IntakeMessage,
  about: string,
): Promise<void> {
  const changes: Changes = { personIds: new Set(), groupIds: new Set(), leftIds: new Set() };
  const problems = await applyByMethod(tx, context, message, changes);
  await replaceProblems(tx, context, about, problems);
  if (changes.leftIds.size > 0) await context.onPeopleLeft(tx, [...changes.leftIds]);
  if (changes.personIds.size + changes.groupIds.size > 0) {
    const change = { personIds: [...changes.personIds], groupIds: [...changes.groupIds] };
    await context.onSchoolChanged(tx, { schoolId: context.schoolId, ...change });
  }
}

async function applyByMethod(
  tx: Transaction,
  context: ApplyContext,
  message: IntakeMessage,
  changes: Changes,
): Promise<readonly Found[]> {
  switch (message.method) {
    case "addUser":
      return await addUser(tx, context, message, changes);
    case "removeUser":
      return await removeUser(tx, context, message.user.userId, changes);
    case "addRoom":
      return await addRoom(tx, context, message, changes);
    case "removeRoom": {
      const { groupId } = message.room;
      const end = await endGroup(tx, context.schoolId, groupId);
      if (end === "ended") changes.groupIds.add(groupId);
      return end === "unknown" ? [{ recordType: "room", recordId: groupId, reason: "unknownRoom" }] : [];
    }
  }
}

/** Adds only: who has been raised before stays so, and nobody is taken out of a room. */
async function addUser(
  tx: Transaction,
  context: ApplyContext,
  { user, rooms, unreadable }: Extract<IntakeMessage, { method: "addUser" }>,
  changes: Changes,
): Promise<readonly Found[]> {
  const { people, problems } = await resolve(tx, context, [user], changes);
  const person = people.get(user.userId);
  if (person === undefined) throw new UnusableMessageError(problems[0]?.reason ?? "unknownPerson");
  const found: Found[] = [...problems, ...unreadable];
  for (const room of rooms) {
    const written = await writeRoom(tx, context, room);
    if (written === "groupOfAnotherSchool" || written === "groupOfAnotherSource") {
      found.push({ recordType: "room", recordId: room.groupId, reason: written });
      continue;
    }
    // whoever was in the room before it was ended is not brought back by a message about somebody else
    if (written === "reopened") await removeOtherMembers(tx, room.groupId, []);
    const member = { personId: person.id, role: ROLE, isModerator: room.isModerator };
    const added = await addMembers(tx, room.groupId, [member], { isAuthoritative: false });
    if (written !== "unchanged" || added > 0) changes.groupIds.add(room.groupId);
  }
  return found;
}

async function removeUser(
  tx: Transaction,
  context: ApplyContext,
  userId: string,
  changes: Changes,
): Promise<readonly Found[]> {
  const named = readUserId(userId, context);
  if ("reason" in named) throw new UnusableMessageError(named.reason);
  const { known } = await findPeople(tx, context.match, [{ ...named, name: null }]);
  const person = known.get(userId);
  if (person === undefined) return [{ recordType: "user", recordId: userId, reason: "unknownPerson" }];
  for (const groupId of await leaveGroups(tx, context.schoolId, person.id)) changes.groupIds.add(groupId);
  const { hasLeft } = await removePersonSource(tx, context.schoolId, userId, person.id);
  if (hasLeft) changes.leftIds.add(person.id);
  return [];
}

/** Authoritative: the members are these, with these levels. */
async function addRoom(
  tx: Transaction,
  context: ApplyContext,
  message: Extract<IntakeMessage, { method: "addRoom" }>,
  changes: Changes,
): Promise<readonly Found[]> {
  const { groupId } = message.room;
  const written = await writeRoom(tx, context, message.room);
  if (written === "groupOfAnotherSchool" || written === "groupOfAnotherSource") throw new UnusableMessageError(written);
  const { people, problems, isSure } = await resolve(tx, context, message.members, changes);
  // two ids may mean one person
  const members = new Map<string, { personId: string; role: string; isModerator: boolean }>();
  for (const { userId, isModerator } of message.members) {
    const personId = people.get(userId)?.id;
    if (personId === undefined) continue;
    const before = members.get(personId)?.isModerator ?? false;
    members.set(personId, { personId, role: ROLE, isModerator: before || isModerator });
  }
  const wanted = [...members.values()];
  let changed = await addMembers(tx, groupId, wanted, { isAuthoritative: true });
  if (message.isComplete && isSure) changed += await removeOtherMembers(tx, groupId, wanted);
  if (written !== "unchanged" || changed > 0) changes.groupIds.add(groupId);
  return [...problems, ...message.unreadable];
}

async function writeRoom(tx: Transaction, { schoolId }: ApplyContext, room: IntakeRoom) {
  const { groupId: id, name: title, type: kind, description, isBidirectional } = room;
  return await writeIntakeGroup(tx, schoolId, { id, title, kind, description, isBidirectional });
}

type Resolved = {
  readonly people: ReadonlyMap<string, KnownPerson>;
  readonly problems: readonly Found[];
  /** False if somebody named may be anybody of those we know: then nobody is taken out. */
  readonly isSure: boolean;
};

/** The people whom these ids mean; those whom nobody knows are made. */
async function resolve(
  tx: Transaction,
  context: ApplyContext,
  users: readonly { readonly userId: string; readonly name: string | null }[],
  changes: Changes,
): Promise<Resolved> {
  const { match, schoolId } = context;
  const problems: Found[] = [];
  const report = (userId: string, reason: string): void => {
    problems.push({ recordType: "user", recordId: userId, reason });
  };
  const asked: AskedPerson[] = [];
  for (const { userId, name } of users) {
    const named = readUserId(userId, context);
    if ("reason" in named) report(userId, named.reason);
    else asked.push({ ...named, name });
  }
  const found = await findPeople(tx, match, asked);
  for (const [userId, reason] of found.problems) report(userId, reason);
  const unknown = asked.filter(({ userId }) => !found.known.has(userId) && !found.problems.has(userId));
  const created = await createPeople(tx, match, unknown);
  for (const { userId } of unknown) if (!created.has(userId)) report(userId, "subjectTaken");
  const people = new Map([...found.known, ...created]);

  const present = asked.flatMap(({ userId, name }) => {
    const id = people.get(userId)?.id;
    return id === undefined ? [] : [{ userId, id, name }];
  });
  const updated = await updatePeople(tx, present);
  const fresh = await writePersonSources(tx, schoolId, present);
  for (const id of [...[...created.values()].map((person) => person.id), ...updated, ...fresh])
    changes.personIds.add(id);
  // who could not join before may now be joined
  for (const groupId of await findGroupsOf(tx, schoolId, updated)) changes.groupIds.add(groupId);
  await followNames(tx, context, present);
  const isSure =
    [...found.problems.values()].every((reason) => reason === "reservedLocalpart") && created.size === unknown.length;
  return { people, problems, isSure };
}

/** A member without a name waits, and the page says for what. */
async function followNames(
  tx: Transaction,
  context: ApplyContext,
  people: readonly { readonly userId: string; readonly id: string; readonly name: string | null }[],
): Promise<void> {
  const unnamed = await tx.person.findMany({
    where: { id: { in: people.map((one) => one.id) }, source: SOURCE, enabled: false },
    select: { id: true },
  });
  const waiting = new Set(unnamed.map((person) => person.id));
  const isWaiting = ({ id }: { readonly id: string }) => waiting.has(id);
  await forgetUnnamed(
    tx,
    context,
    people.filter((one) => !isWaiting(one)).map((one) => one.userId),
  );
  const missing = people.filter(isWaiting).map(({ userId }) => {
    return { about: userId, recordType: "user" as const, recordId: userId, reason: "nameUnknown" };
  });
  await addProblems(tx, context, missing);
}
