// What the actions on existing rooms do inside their transaction. Apart from actions.ts, because every export of a
// "use server" file is a public endpoint.
import { z } from "zod";
import type { ActionContext, ActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { mayEditSchool } from "#lib/auth/principal.ts";
import type { Transaction } from "#lib/db/client.ts";
import { beginReview } from "./review.ts";

/** As many rooms at one press; pressing again takes the next ones. */
const MOST_ROOMS = 1_000;

const schoolId = z.string().min(1).max(255);
const roomIds = z.array(z.string().min(1).max(255)).min(1).max(MOST_ROOMS);
const reviewInput = z.object({ schoolId });
const readOnlyInput = z.object({ schoolId, reviewId: z.uuid(), rooms: z.union([z.literal("all"), roomIds]) });
const writableInput = z.object({ schoolId, rooms: roomIds });

async function startReview(context: ActionContext<z.infer<typeof reviewInput>>) {
  const { tx, principal } = context;
  const school = await tx.school.findUnique({ where: { id: context.schoolId, policyCells: { not: null } } });
  if (school === null) throw new ActionRefusal("notFound");
  const review = await beginReview(tx, context.schoolId, principal.personId);
  if (review.isNew) await context.audit({ type: "roomReviewStarted", reviewId: review.id });
  // also for one under way: its job may have used up its tries
  await context.enqueue("review-rooms", { schoolId: context.schoolId, reviewId: review.id }, context.schoolId);
  return { reviewId: review.id };
}

async function makeReadOnly(context: ActionContext<z.infer<typeof readOnlyInput>>) {
  const { tx, input, principal, now } = context;
  const found = await tx.roomReviewRoom.findMany({
    where: { reviewId: input.reviewId, ...(input.rooms !== "all" && { roomId: { in: input.rooms } }) },
    orderBy: { roomId: "asc" },
  });
  // a room that the review does not list is another one than was shown
  if (input.rooms !== "all" && found.length < new Set(input.rooms).size) throw new ActionRefusal("notFound");
  const protectedAlready = await tx.roomProtection.findMany({
    where: { roomId: { in: found.map(({ roomId }) => roomId) }, wanted: "readOnly", problem: null },
    select: { roomId: true },
  });
  const done = new Set(protectedAlready.map(({ roomId }) => roomId));
  const rooms = found.filter(({ roomId }) => !done.has(roomId)).slice(0, MOST_ROOMS);
  if (rooms.length === 0) throw new ActionRefusal("nothingChanged");
  for (const { roomId, name, people } of rooms) {
    const wish = { name, wanted: "readOnly", wantedById: principal.personId, wantedAt: now } as const;
    await tx.roomProtection.upsert({
      where: { roomId, schoolId: context.schoolId },
      create: { ...wish, roomId, schoolId: context.schoolId, people: people ?? {} },
      update: { ...wish, people: people ?? {}, settledAt: null, problem: null },
    });
    await context.enqueue("protect-room", { roomId }, roomId);
  }
  const ids = rooms.map(({ roomId }) => roomId);
  await context.audit({ type: "roomsMadeReadOnly", reviewId: input.reviewId, rooms: ids });
  return { rooms: ids.length };
}

async function makeWritable(context: ActionContext<z.infer<typeof writableInput>>) {
  const { tx, input, principal, now } = context;
  const wanted = [...new Set(input.rooms)].toSorted();
  const known = await tx.roomProtection.findMany({
    where: { roomId: { in: wanted }, schoolId: context.schoolId },
    select: { roomId: true, wanted: true, problem: true },
    orderBy: { roomId: "asc" },
  });
  if (known.length < wanted.length) throw new ActionRefusal("notFound");
  const rooms = known.filter((room) => room.wanted === "readOnly" || room.problem !== null).map(({ roomId }) => roomId);
  if (rooms.length === 0) throw new ActionRefusal("nothingChanged");
  await tx.roomProtection.updateMany({
    where: { roomId: { in: rooms } },
    data: { wanted: "writable", wantedById: principal.personId, wantedAt: now, settledAt: null, problem: null },
  });
  for (const roomId of rooms) await context.enqueue("protect-room", { roomId }, roomId);
  await context.audit({ type: "roomsMadeWritable", rooms });
  return { rooms: rooms.length };
}

/** A wish whose job has used up its tries, or that was refused for a reason that may be gone. */
async function retry(context: ActionContext<z.infer<typeof writableInput>>) {
  const { tx, input, principal, now } = context;
  const rooms = await tx.roomProtection.findMany({
    where: { roomId: { in: input.rooms }, OR: [{ settledAt: null }, { problem: { not: null } }] },
    select: { roomId: true },
    orderBy: { roomId: "asc" },
  });
  if (rooms.length === 0) throw new ActionRefusal("nothingChanged");
  const ids = rooms.map(({ roomId }) => roomId);
  await tx.roomProtection.updateMany({
    where: { roomId: { in: ids } },
    data: { wantedById: principal.personId, wantedAt: now, settledAt: null, problem: null },
  });
  for (const roomId of ids) await context.enqueue("protect-room", { roomId }, roomId);
  await context.audit({ type: "roomsTriedAgain", rooms: ids });
  return { rooms: ids.length };
}

/** Only of a finished review: its list does not change any more. */
async function schoolOfReview(tx: Transaction, input: z.infer<typeof readOnlyInput>): Promise<string | null> {
  const review = await tx.roomReview.findUnique({
    where: { id: input.reviewId, schoolId: input.schoolId, finishedAt: { not: null } },
    select: { schoolId: true },
  });
  return review?.schoolId ?? null;
}

async function schoolOfRooms(tx: Transaction, input: z.infer<typeof writableInput>): Promise<string | null> {
  const rooms = await tx.roomRecord.findMany({ where: { roomId: { in: input.rooms } }, select: { schoolId: true } });
  const schools = new Set(rooms.map((room) => room.schoolId));
  return schools.size === 1 && schools.has(input.schoolId) ? input.schoolId : null;
}

export const startRoomReviewCommand: ActionDefinition<typeof reviewInput, { readonly reviewId: string }> = {
  name: "startRoomReview",
  input: reviewInput,
  school: (_tx, input) => Promise.resolve(input.schoolId),
  authorise: mayEditSchool,
  run: startReview,
};

export const makeRoomsReadOnlyCommand: ActionDefinition<typeof readOnlyInput, { readonly rooms: number }> = {
  name: "makeRoomsReadOnly",
  input: readOnlyInput,
  school: schoolOfReview,
  authorise: mayEditSchool,
  recentSignIn: true,
  run: makeReadOnly,
};

export const makeRoomsWritableCommand: ActionDefinition<typeof writableInput, { readonly rooms: number }> = {
  name: "makeRoomsWritable",
  input: writableInput,
  school: schoolOfRooms,
  authorise: mayEditSchool,
  recentSignIn: true,
  run: makeWritable,
};

export const tryRoomsAgainCommand: ActionDefinition<typeof writableInput, { readonly rooms: number }> = {
  name: "tryRoomsAgain",
  input: writableInput,
  school: schoolOfRooms,
  authorise: mayEditSchool,
  run: retry,
};
