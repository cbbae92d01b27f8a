// How a room and the people in it were at the moment of a report, because Synapse forgets it. Pure but for its name.
import { z } from "zod";
import type { RoomState } from "#lib/matrix/reports.ts";
import { ROLES } from "#lib/policy/roles.ts";

/** Of a very large room only these are named; the number is right all the same. */
const NAMED_MEMBERS = 300;

export const snapshotSchema = z.object({
  takenAt: z.iso.datetime(),
  name: z.string().nullable(),
  /** `m.space`, `m.scgroup` or nothing */ type: z.string().nullable(),
  creator: z.string(),
  encrypted: z.boolean(),
  /** joined or invited, the provisioner left out */ memberCount: z.number().int(),
  members: z.array(
    z.object({
      userId: z.string(),
      membership: z.string(),
      level: z.number(),
      roles: z.array(z.enum(ROLES)),
    }),
  ),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
export type RolesOf = (userId: string) => Snapshot["members"][number]["roles"];

const levels = z.object({
  users: z.record(z.string(), z.number()).catch({}),
  users_default: z.number().catch(0),
});
const membershipOf = z.object({ membership: z.string() });

/** Everybody of the room who is in it or invited, without the provisioner. */
export function presentMembers(state: RoomState, provisioner: string): { userId: string; membership: string }[] {
  return state.flatMap(({ type, stateKey, content }) => {
    const membership = type === "m.room.member" ? membershipOf.safeParse(content).data?.membership : undefined;
    const isPresent = membership === "join" || membership === "invite";
    return isPresent && stateKey !== provisioner ? [{ userId: stateKey, membership }] : [];
  });
}

export function takeSnapshot(
  room: { readonly name: string | null; readonly creator: string; readonly type: string | null },
  state: RoomState,
  { takenAt, provisioner, rolesOf }: { takenAt: Date; provisioner: string; rolesOf: RolesOf },
): Snapshot {
  const power = levels.safeParse(state.find(({ type }) => type === "m.room.power_levels")?.content ?? {}).data;
  const levelOf = (userId: string) =>
    power ? (power.users[userId] ?? power.users_default) : userId === room.creator ? 100 : 0;
  const present = presentMembers(state, provisioner);
  return {
    takenAt: takenAt.toISOString(),
    name: room.name,
    type: room.type,
    creator: room.creator,
    encrypted: state.some(({ type }) => type === "m.room.encryption"),
    memberCount: present.length,
    members: present
      .map(({ userId, membership }) => ({ userId, membership, level: levelOf(userId), roles: rolesOf(userId) }))
      .toSorted((a, b) => b.level - a.level)
      .slice(0, NAMED_MEMBERS),
  };
}
