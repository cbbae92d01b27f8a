// The job that looks at every room that people of a school have made, and lists those that the policy in effect would
// not permit. It only looks: making them read-only is a decision of its own (design §4.11).
import type { Database, Transaction } from "#lib/db/client.ts";
import type { Facts } from "#lib/gate/facts.ts";
import { localpartOn } from "#lib/gate/protocol.ts";
import { PROVISIONER_LOCALPART, roomId as asRoomId } from "#lib/ids/ids.ts";
import { log } from "#lib/log/log.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { judgeRoom, type JudgedRoom } from "./standing.ts";

export type ReviewDependencies = {
  readonly db: Database;
  readonly rooms: Pick<RoomsApi, "members" | "nameOf">;
  readonly serverName: string;
  /** By the policy that is in effect when it is asked. */
  readonly readFacts: (asking: string, others: readonly string[], roomId: string) => Promise<Facts>;
};

/** Reading members is cheap for Synapse; more at once would only queue there. */
const PARALLEL_ROOMS = 4;

type RoomToReview = { readonly roomId: string; readonly schoolId: string; readonly creator: string };

/** Begins anew when it is repeated: a part of a review would be of no use. @param signal stops between two rooms */
export async function reviewRooms(
  dependencies: ReviewDependencies,
  reviewId: string,
  signal: AbortSignal,
): Promise<void> {
  const { db } = dependencies;
  const review = await db.roomReview.findUnique({ where: { id: reviewId }, include: { school: true } });
  if (review?.finishedAt !== null) return; // also if there is no such review
  const { schoolId } = review;
  const toReview = await findRoomsOfPeople(db, schoolId);
  await db.$transaction([
    db.roomReviewRoom.deleteMany({ where: { reviewId } }),
    db.roomReview.update({
      where: { id: reviewId },
      data: {
        total: toReview.length,
        version: review.school.currentVersion,
        ...{ checked: 0, notPermitted: 0, unreadable: 0, begunAt: new Date(), progressedAt: new Date() },
      },
    }),
  ]);
  const waiting = toReview.values();
  const stopAtFirstError = new AbortController();
  const stop = AbortSignal.any([signal, stopAtFirstError.signal]);
  const workers = Array.from({ length: PARALLEL_ROOMS }, async () => {
    for (const room of waiting) {
      stop.throwIfAborted();
      try {
        await reviewRoom(dependencies, reviewId, room);
      } catch (error) {
        stopAtFirstError.abort(error);
        throw error;
      }
    }
  });
  await Promise.all(workers);
  await db.$transaction([
    db.roomReview.update({ where: { id: reviewId }, data: { finishedAt: new Date() } }),
    // only the last one is shown; what was made read-only stands in a table of its own
    db.roomReview.deleteMany({ where: { schoolId, id: { not: reviewId }, finishedAt: { not: null } } }),
  ]);
}

/** Not the rooms that the provisioner keeps: who is in those follows the directory, not the matrix. */
async function findRoomsOfPeople(db: Database, schoolId: string): Promise<readonly RoomToReview[]> {
  const managed = await db.managedRoom.findMany({
    where: { schoolId, roomId: { not: null } },
    select: { roomId: true },
  });
  const kept = new Set(managed.map(({ roomId }) => roomId));
  const records = await db.roomRecord.findMany({
    where: { schoolId, creator: { not: PROVISIONER_LOCALPART } },
    select: { roomId: true, schoolId: true, creator: true },
    orderBy: { recordedAt: "asc" },
  });
  return records.filter(({ roomId }) => !kept.has(roomId));
}

type Look = { readonly name: string | null; readonly judged: JudgedRoom };

async function reviewRoom(dependencies: ReviewDependencies, reviewId: string, room: RoomToReview): Promise<void> {
  const { db } = dependencies;
  const { roomId } = room;
  let look: Look | null = null;
  let unreadable = 0;
  try {
    look = await lookAt(dependencies, room);
  } catch (error) {
    // one room that Synapse will not show must not keep the others from being looked at
    if (!(error instanceof MatrixCallError)) throw error;
    log.warn({ err: error, roomId, reviewId }, "room not reviewed");
    unreadable = 1;
  }
  const found = look?.judged.permitted === false ? look : null;
  const progress = db.roomReview.update({
    where: { id: reviewId },
    data: {
      checked: { increment: 1 },
      notPermitted: { increment: found === null ? 0 : 1 },
      unreadable: { increment: unreadable },
      progressedAt: new Date(),
    },
  });
  if (found === null) {
    await progress;
    return;
  }
  const { people } = found.judged;
  await db.$transaction([db.roomReviewRoom.create({ data: { reviewId, roomId, name: found.name, people } }), progress]);
}

/** Null for a room that Synapse does not have any more. */
async function lookAt(dependencies: ReviewDependencies, room: RoomToReview): Promise<Look | null> {
  const { rooms, serverName, readFacts } = dependencies;
  const members = await rooms.members(asRoomId(room.roomId));
  if (members === null) return null;
  const joined = members
    .filter(({ membership }) => membership === "join")
    .map(({ userId }) => localpartOn(serverName, userId) ?? userId)
    .filter((localpart) => localpart !== PROVISIONER_LOCALPART);
  const judged = await judgeRoom({ ...room, joined }, (asking, others) => readFacts(asking, others, room.roomId));
  return { judged, name: judged.permitted ? null : await rooms.nameOf(asRoomId(room.roomId)) };
}

/** How a review is begun, in the caller's transaction: one that is under way is the answer too. */
export async function beginReview(
  tx: Transaction,
  schoolId: string,
  personId: string,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const school = await tx.school.findUniqueOrThrow({ where: { id: schoolId }, select: { currentVersion: true } });
  // the index lets in one at a time; two presses at once meet here, and the second sees the first one's
  const begun = await tx.$executeRaw`
    INSERT INTO room_review (school_id, started_by_id, version) VALUES (${schoolId}, ${personId}, ${school.currentVersion})
    ON CONFLICT (school_id) WHERE finished_at IS NULL DO NOTHING`;
  const { id } = await tx.roomReview.findFirstOrThrow({ where: { schoolId, finishedAt: null }, select: { id: true } });
  return { id, isNew: begun === 1 };
}
