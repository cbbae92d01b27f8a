// Rooms with which a test begins. Whatever fails here is a fault of the preparations, never of what is tested.
import { z } from "zod";
import type { MatrixAnswer, MatrixSession, TestSystem } from "./system.ts";
import { until } from "./until.ts";

const members = z.object({ members: z.array(z.string()) });

export async function succeed(answer: Promise<MatrixAnswer>): Promise<MatrixAnswer> {
  const received = await answer;
  if (received.status !== 200) {
    throw new Error(`A preparation was answered with ${String(received.status)} ${JSON.stringify(received.body)}`);
  }
  return received;
}

export async function joinedMembers({ provisioner }: TestSystem, room: string): Promise<string[]> {
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(room)}/members`;
  return members.parse((await succeed(provisioner.request("GET", path))).body).members;
}

export async function waitForProvisioner(system: TestSystem, room: string): Promise<void> {
  const { userId } = system.provisioner;
  await until(async () => (await joinedMembers(system, room)).includes(userId), "the provisioner is in the room");
}

/**
 * Away with everything that was written. Whoever is in it is shown out first, because the last moderator's own leave
 * would be refused.
 */
export async function purgeRoom(system: TestSystem, room: string): Promise<void> {
  const { provisioner } = system;
  for (const userId of await joinedMembers(system, room)) {
    if (userId !== provisioner.userId) await succeed(provisioner.inRoom("POST", room, "kick", { user_id: userId }));
  }
  const path = encodeURIComponent(room);
  await succeed(provisioner.request("DELETE", `/_synapse/admin/v2/rooms/${path}`, { purge: true }));
  await until(async () => {
    return (await provisioner.request("GET", `/_synapse/admin/v1/rooms/${path}`)).status === 404;
  }, "the room is gone");
}

type People = { readonly members?: readonly MatrixSession[]; readonly invited?: readonly MatrixSession[] };

/** A person's own room; with our defences on the provisioner is in it, as everywhere. */
export async function ownRoom(system: TestSystem, creator: MatrixSession, people: People = {}): Promise<string> {
  const { members = [], invited = [] } = people;
  const room = await creator.openRoom({ preset: "private_chat" });
  for (const { userId } of [...members, ...invited]) await succeed(creator.invite(room, userId));
  for (const person of members) await succeed(person.join(room));
  if (system.defences === "on") await waitForProvisioner(system, room);
  return room;
}

export type ManagedRoom = {
  readonly members?: readonly MatrixSession[];
  /** Besides the provisioner's 150. */
  readonly levels?: Readonly<Record<string, number>>;
  readonly state?: readonly { readonly type: string; readonly state_key?: string; readonly content: object }[];
};

/** A room of the provisioner, who may do everything: the same with our defences and without. */
export async function managedRoom({ provisioner }: TestSystem, room: ManagedRoom = {}): Promise<string> {
  const id = await provisioner.openRoom({
    preset: "private_chat",
    room_version: "11",
    power_level_content_override: { users: { [provisioner.userId]: 150, ...room.levels } },
    initial_state: room.state ?? [],
  });
  for (const { userId } of room.members ?? []) {
    const path = `/_synapse/admin/v1/join/${encodeURIComponent(id)}`;
    await succeed(provisioner.request("POST", path, { user_id: userId }));
  }
  return id;
}

export function joinRule(content: object) {
  return { type: "m.room.join_rules", content };
}
