// The rule table (design §5): one function a question. Each reads its facts by one query and decides by pure rules.
// What it writes: the room's school, once; the groups invited into it; and what the worker has to look at.
import type pg from "pg";
import {
  belongsTo,
  commonSchools,
  heldStaffRole,
  isStaffAt,
  mayAddGroup,
  mayModerate,
  mayOpenRoom,
  schoolOfInvitation,
} from "./contacts.ts";
import { readFacts, readGroups } from "./facts.ts";
import {
  createRequestSchema,
  localpartOn,
  PROVISIONER_LOCALPART,
  type Question,
  type QuestionName,
} from "./protocol.ts";
import {
  asMembershipRefusal,
  CONTACT_REFUSED,
  GROUP_REFUSED,
  LAST_MODERATOR,
  ROOM_REFUSED,
  SETTING_REFUSED,
  type Refusal,
} from "./refusals.ts";
import { lookLater } from "./looks.ts";
import {
  addedRooms,
  createSettingsAllowed,
  groupOfRoomAlias,
  markedSchool,
  powerLevelsAllowed,
  raisedModerators,
} from "./room-settings.ts";

/** Undefined allows. */
export type Verdict = Refusal | undefined;
export type GateContext = { readonly pool: pg.Pool; readonly serverName: string };

type Deciders = { readonly [Name in QuestionName]: (gate: GateContext, question: Question<Name>) => Promise<Verdict> };

/** Stands for an id of another server: no person has an empty localpart, so the query runs to its end all the same. */
const NOBODY = "";

function localpart(gate: GateContext, matrixUserId: string): string {
  return localpartOn(gate.serverName, matrixUserId) ?? NOBODY;
}

function provisionerOf(gate: GateContext): string {
  return `@${PROVISIONER_LOCALPART}:${gate.serverName}`;
}

/** Writes the room's school. False if another invitation was first: then its record decides. */
async function recordSchool(gate: GateContext, roomId: string, schoolId: string, creator: string): Promise<boolean> {
  const facts = await readFacts(gate.pool, creator, [], null);
  const { rowCount } = await gate.pool.query({
    name: "record-school",
    text: `INSERT INTO room_record (room_id, school_id, creator, creator_was_staff) VALUES ($1, $2, $3, $4)
           ON CONFLICT (room_id) DO NOTHING`,
    values: [roomId, schoolId, creator, heldStaffRole(facts, creator, schoolId)],
  });
  return rowCount === 1;
}

type Invitation = { inviter: string; invitee: string; room_id: string; creator: string; marker: string | null };

async function decideInvitation(gate: GateContext, invitation: Invitation): Promise<Verdict> {
  const inviter = localpart(gate, invitation.inviter);
  const invitee = localpart(gate, invitation.invitee);
  const facts = await readFacts(gate.pool, inviter, [invitee], invitation.room_id);
  const schoolId = schoolOfInvitation(facts, inviter, invitee, invitation.marker);
  if (schoolId === undefined) return CONTACT_REFUSED;
  const creator = localpart(gate, invitation.creator);
  if (facts.room || (await recordSchool(gate, invitation.room_id, schoolId, creator))) return undefined;
  return await decideInvitation(gate, invitation); // now there is a record
}

async function decideCreate(
  gate: GateContext,
  { creator: creatorId, request }: Question<"create_room">,
): Promise<Verdict> {
  const parsed = createRequestSchema.safeParse(request);
  const provisioner = provisionerOf(gate);
  if (!parsed.success || !createSettingsAllowed(parsed.data, provisioner)) return SETTING_REFUSED;
  const creator = localpart(gate, creatorId);
  const invitees = [...new Set(parsed.data.invite ?? [])]
    .filter((id) => id !== provisioner)
    .map((id) => localpart(gate, id));
  const override = parsed.data.power_level_content_override ?? {};
  const moderators = raisedModerators(override, null, provisioner).filter((id) => id !== creatorId);
  const facts = await readFacts(
    gate.pool,
    creator,
    [...invitees, ...moderators.map((id) => localpart(gate, id))],
    null,
  );
  if (!mayOpenRoom(facts, creator)) return ROOM_REFUSED;
  const schools = commonSchools(facts, creator, invitees);
  if (schools.length === 0) return CONTACT_REFUSED;
  if (!moderators.every((id) => schools.some((school) => isStaffAt(facts, localpart(gate, id), school)))) {
    return SETTING_REFUSED;
  }
  const marked = (parsed.data.initial_state ?? []).flatMap((event) => markedSchool(event) ?? []);
  return marked.every((school) => schools.includes(school)) ? undefined : SETTING_REFUSED;
}

async function decidePowerLevels(gate: GateContext, question: Question<"power_levels">): Promise<Verdict> {
  const provisioner = provisionerOf(gate);
  const known = (userId: string) => ({ userId, localpart: localpart(gate, userId) });
  const creator = known(question.creator);
  const raised = raisedModerators(question.content, question.current, provisioner).map(known);
  const facts = await readFacts(
    gate.pool,
    creator.localpart,
    raised.map((person) => person.localpart),
    question.room_id,
  );
  const allowed = powerLevelsAllowed({
    content: question.content,
    current: question.current,
    provisioner,
    mayModerate: (userId) => mayModerate(facts, known(userId), creator),
  });
  return allowed ? undefined : SETTING_REFUSED;
}

async function decideJoinRules(gate: GateContext, question: Question<"join_rules">): Promise<Verdict> {
  const { room_id: roomId } = question;
  const added = addedRooms(question.content, question.current);
  if (added === undefined) return SETTING_REFUSED;
  const names = added.map((alias) => groupOfRoomAlias(alias, gate.serverName));
  const groups = names.filter((name) => name !== undefined);
  if (groups.length < names.length) return SETTING_REFUSED;
  const [first] = groups;
  if (first !== undefined) {
    const actor = localpart(gate, question.sender);
    const moderators = question.moderators.map((userId) => localpart(gate, userId));
    const groupIds = groups.map(({ groupId }) => groupId);
    const [facts, known] = await Promise.all([
      readFacts(gate.pool, actor, moderators, roomId),
      readGroups(gate.pool, groupIds, [actor, ...moderators]),
    ]);
    const schoolId = facts.room?.schoolId ?? first.schoolId;
    const mayAdd = (groupId: string) => mayAddGroup(facts, known, { actor, groupId, schoolId, moderators });
    if (!groups.every((group) => group.schoolId === schoolId && mayAdd(group.groupId))) return GROUP_REFUSED;
    const creator = localpart(gate, question.creator);
    if (!facts.room && !(await recordSchool(gate, roomId, schoolId, creator))) {
      return await decideJoinRules(gate, question); // now there is a record
    }
    await recordGroups(gate.pool, roomId, groupIds, actor);
  }
  // also when groups go: their people follow
  await lookLater(gate.pool, roomId, "groups");
  return undefined;
}

/** Whose permission lets the groups' later members in as well. */
async function recordGroups(pool: pg.Pool, roomId: string, groupIds: readonly string[], addedBy: string) {
  await pool.query({
    name: "record-groups",
    text: `INSERT INTO room_group (room_id, group_id, added_by) SELECT $1, id, $3 FROM unnest($2::text[]) id
           ON CONFLICT (room_id, group_id) DO UPDATE SET added_by = EXCLUDED.added_by, added_at = EXCLUDED.added_at`,
    values: [roomId, groupIds, addedBy],
  });
}

/** Staff stay until somebody else can look after the room; nobody else is held, and the worker repairs. */
async function decideLastModerator(gate: GateContext, question: Question<"last_moderator">): Promise<Verdict> {
  const sender = localpart(gate, question.sender);
  const facts = await readFacts(gate.pool, sender, [], question.room_id);
  if (facts.room && isStaffAt(facts, sender, facts.room.schoolId)) {
    return question.kind === "leave" ? asMembershipRefusal(LAST_MODERATOR) : LAST_MODERATOR;
  }
  await lookLater(gate.pool, question.room_id, "integrity");
  return undefined;
}

async function decideNothing(gate: GateContext, question: Question<"room_changed">): Promise<Verdict> {
  await lookLater(gate.pool, question.room_id, question.concern);
  return undefined;
}

async function decideMarker(gate: GateContext, question: Question<"school_marker">): Promise<Verdict> {
  const sender = localpart(gate, question.sender);
  const facts = await readFacts(gate.pool, sender, [], question.room_id);
  const fits = facts.room ? facts.room.schoolId === question.school : belongsTo(facts, sender, question.school);
  return fits ? undefined : SETTING_REFUSED;
}

export const deciders: Deciders = {
  create_room: decideCreate,
  invite: decideInvitation,
  join: async (gate, { user, ...invitation }) => {
    const verdict = await decideInvitation(gate, { ...invitation, invitee: user });
    return verdict && asMembershipRefusal(verdict);
  },
  join_rules: decideJoinRules,
  power_levels: decidePowerLevels,
  school_marker: decideMarker,
  last_moderator: decideLastModerator,
  room_changed: decideNothing,
};

/** For the worker: is a pending invitation still permitted at the room's school? */
export async function isInvitationAllowed(
  pool: pg.Pool,
  inviter: string,
  invitee: string,
  roomId: string,
): Promise<boolean> {
  const facts = await readFacts(pool, inviter, [invitee], roomId);
  return facts.room !== undefined && schoolOfInvitation(facts, inviter, invitee, null) !== undefined;
}
