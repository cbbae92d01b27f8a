// What each measure does in Synapse, and how it is taken back. Every step may be done twice without harm.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import { translatorOf } from "#lib/i18n/texts.ts";
import { localpartOfUser, matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId, type RoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import type { MeasuresApi } from "#lib/matrix/measures.ts";
import type { MemberState, Membership, RoomsApi } from "#lib/matrix/rooms.ts";
import {
  isReadOnly,
  levelOfUser,
  NOBODY,
  powerLevelsSchema,
  readOnly,
  withoutReadOnly,
} from "#lib/rooms/power-levels.ts";
import type { MeasureKind } from "#prisma/generated/enums.ts";
import { readEvent } from "./measure-facts.ts";
import { mediaOf } from "./media.ts";
import type { KeyRing } from "./sealing.ts";

export type MeasureDependencies = {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly serverName: string;
  readonly measures: MeasuresApi;
  readonly rooms: Pick<RoomsApi, "state" | "setState" | "members" | "kick" | "ban" | "unban">;
  readonly jobs: Pick<JobSender, "sendMany">;
};

/** Stable codes in `CaseMeasure.problem`; anything else there is an errcode of Synapse. */
export class MeasureProblem extends Error {
  override readonly name = "MeasureProblem";
  readonly code:
    | "notInRoom"
    | "noRights"
    | "noPowerLevels"
    | "eventGone"
    | "accountGone"
    | "directoryLocks"
    | "fileGone"
    | "roomBans";

  constructor(code: MeasureProblem["code"]) {
    super(code);
    this.code = code;
  }
}

const LEVELS_EVENT = "m.room.power_levels";

/** In the order of the wishes. */
export async function findDue(db: Database, caseId: string) {
  return await db.caseMeasure.findMany({
    where: { caseId, state: { in: ["queued", "reverting"] } },
    orderBy: [{ requestedAt: "asc" }, { id: "asc" }],
    include: { case: { select: { roomId: true } } },
  });
}
export type Measure = Awaited<ReturnType<typeof findDue>>[number];

type Step = (dependencies: MeasureDependencies, measure: Measure, signal: AbortSignal) => Promise<void>;

function roomOf({ case: { roomId } }: Measure) {
  if (roomId === null) throw new MeasureProblem("notInRoom");
  return asRoomId(roomId);
}

const setSuspended =
  (suspended: boolean): Step =>
  ({ measures }, { target }) =>
    measures.setSuspended(target, suspended);

const sendNotice: Step = ({ measures }, { id, target, text }) => measures.sendNotice(target, text, id);

const redact: Step = async ({ db, measures }, measure) => {
  const present = await measures.eventState(measure.target);
  if (present === null) throw new MeasureProblem("eventGone");
  // a case that another was merged into has messages of more than its own room
  const { roomId } = present;
  const reported = await db.report.count({ where: { caseId: measure.caseId, eventId: measure.target, roomId } });
  if (reported === 0) throw new MeasureProblem("notInRoom");
  if (!present.isRedacted) await measures.redact(present.roomId, measure.target, measure.id);
};

async function membershipOf({ rooms }: MeasureDependencies, measure: Measure): Promise<MemberState | undefined> {
  const members = await rooms.members(roomOf(measure));
  if (members === null) throw new MeasureProblem("notInRoom");
  return members.find(({ userId }) => userId === measure.target);
}

/** A kick would not do: the directory undoes it at its next look, and anybody in the room could invite again. */
const removeFromRoom: Step = async (dependencies, measure) => {
  const present = await membershipOf(dependencies, measure);
  if (present?.membership === "ban") return;
  // the one reason that this person's chat shows
  await dependencies.rooms.ban(roomOf(measure), measure.target, translatorOf("de")("measures.removalReason"));
};

const letBackIn: Step = async (dependencies, measure) => {
  const present = await membershipOf(dependencies, measure);
  if (present?.membership !== "ban") return;
  // a ban of those who moderate the room is theirs to lift
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, dependencies.serverName);
  if (present.sender !== provisioner) throw new MeasureProblem("roomBans");
  await dependencies.rooms.unban(roomOf(measure), measure.target);
};

/** What was so before is written down first, so that taking back never gives more than there was. */
async function remember(db: Database, { id }: Measure, former: object): Promise<void> {
  await db.$executeRaw`UPDATE case_measure SET former = ${JSON.stringify(former)}::jsonb WHERE id = ${id}::uuid AND former IS NULL`;
}
const formerLock = z.object({ locked: z.boolean() });
const formerLevels = z.object({ former: powerLevelsSchema, applied: powerLevelsSchema });

const lock: Step = async ({ db, measures }, measure) => {
  const locked = await measures.isLocked(measure.target);
  if (locked === null) throw new MeasureProblem("accountGone");
  await remember(db, measure, { locked });
  if (!locked) await measures.setLocked(measure.target, true);
};

/** The directory's own lock, of somebody who has left, is not ours to lift. */
async function directoryLocks(db: Database, userId: string): Promise<boolean> {
  const person = await db.person.findUnique({ where: { localpart: localpartOfUser(userId) } });
  return person?.accountState === "locked";
}

const unlock: Step = async ({ db, measures }, { target }) => {
  if (await directoryLocks(db, target)) throw new MeasureProblem("directoryLocks");
  await measures.setLocked(target, false);
};

const unlockAgain: Step = async ({ db, measures }, { target, former }) => {
  const before = formerLock.safeParse(former).data;
  if (before?.locked === false && !(await directoryLocks(db, target))) await measures.setLocked(target, false);
};

async function readLevels({ rooms }: MeasureDependencies, measure: Measure) {
  const levels = powerLevelsSchema.safeParse(await rooms.state(roomOf(measure), LEVELS_EVENT)).data;
  if (levels === undefined) throw new MeasureProblem("noPowerLevels");
  return levels;
}

const closeRoom: Step = async (dependencies, measure, signal) => {
  const { db, rooms, measures, serverName } = dependencies;
  if (measure.doneAt === null) {
    const former = await readLevels(dependencies, measure);
    if (levelOfUser(former, matrixUserId(PROVISIONER_LOCALPART, serverName)) < NOBODY)
      throw new MeasureProblem("noRights");
    if (!isReadOnly(former)) {
      const applied = readOnly(former);
      await remember(db, measure, { former, applied });
      await rooms.setState(roomOf(measure), LEVELS_EVENT, applied);
    }
  }
  if (measure.confirmedAt !== null) {
    await leadOut(dependencies, roomOf(measure), signal);
    await measures.emptyRoom(roomOf(measure), signal);
  }
};

/**
 * Synapse's own closing leaves everybody's leave to the rules of rooms, which keep the last moderator in; who is shown
 * out by the provisioner is not asked.
 */
async function leadOut({ rooms, serverName }: MeasureDependencies, roomId: RoomId, signal: AbortSignal): Promise<void> {
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  for (const { userId, membership } of (await rooms.members(roomId)) ?? []) {
    signal.throwIfAborted();
    if (userId !== provisioner && isInside(membership)) await rooms.kick(roomId, userId);
  }
}

const isInside = (membership: Membership) => membership === "join" || membership === "invite" || membership === "knock";

const openAgain: Step = async (dependencies, measure) => {
  const before = formerLevels.safeParse(measure.former).data;
  if (before === undefined) return; // it was never closed, or was read-only before
  const present = await readLevels(dependencies, measure);
  const restored = withoutReadOnly(present, before.applied, before.former);
  if (restored !== present) await dependencies.rooms.setState(roomOf(measure), LEVELS_EVENT, restored);
};

const setQuarantined =
  (quarantined: boolean): Step =>
  async ({ db, keys, serverName, measures }, { caseId, target, doneAt }) => {
    if (!quarantined && doneAt === null) return;
    const stored = await db.reportEvidence.findFirst({
      where: { kind: "event", report: { caseId, eventId: target, standing: "verified" } },
    });
    const files = stored === null ? [] : mediaOf(readEvent(keys, stored.reportId, stored), serverName);
    if (files.length === 0) throw new MeasureProblem("fileGone");
    for (const file of files) await measures.setQuarantined(file, quarantined);
  };

export const APPLY: Readonly<Record<MeasureKind, Step>> = {
  redact,
  warn: sendNotice,
  tellReporter: sendNotice,
  suspend: setSuspended(true),
  liftSuspension: setSuspended(false),
  removeFromRoom,
  letBackIn,
  lock,
  unlock,
  closeRoom,
  quarantineMedia: setQuarantined(true),
};
/** Only what needs a second person can be taken back. */
export const REVERT: Readonly<Partial<Record<MeasureKind, Step>>> = {
  lock: unlockAgain,
  closeRoom: openAgain,
  quarantineMedia: setQuarantined(false),
};
