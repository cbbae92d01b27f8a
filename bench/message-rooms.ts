// Rooms of given sizes for the benchmark of messages: accounts and memberships by Synapse's admin API, and one sender who
// is in all of them.
import { z } from "zod";

const TIMEOUT_MS = 60_000;
const PARALLEL_ACCOUNTS = 8;
const SENDER = "@u-m0:localhost";

export type FilledRooms = {
  /** Room id by number of members. */
  readonly rooms: ReadonlyMap<number, string>;
  readonly senderToken: string;
};

const created = z.object({ room_id: z.string() });
const signedIn = z.object({ access_token: z.string() });
const anything = z.looseObject({});

async function call<T>(
  address: string,
  token: string,
  { method, body, answer }: { method: "POST" | "PUT"; body: object; answer: z.ZodType<T> },
): Promise<T> {
  const response = await fetch(address, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const received: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${address}: ${String(response.status)} ${JSON.stringify(received)}`);
  return answer.parse(received);
}

/** The provisioner, whose token this is, is one of the members. */
export async function fillRooms(baseUrl: string, token: string, sizes: readonly number[]): Promise<FilledRooms> {
  const people = Array.from({ length: Math.max(...sizes) - 1 }, (_, n) => `@u-m${String(n)}:localhost`);
  const waiting = people.values();
  await Promise.all(
    Array.from({ length: PARALLEL_ACCOUNTS }, async () => {
      for (const person of waiting) {
        const address = `${baseUrl}/_synapse/admin/v2/users/${encodeURIComponent(person)}`;
        await call(address, token, { method: "PUT", body: { displayname: person }, answer: anything });
      }
    }),
  );
  const rooms = new Map<number, string>();
  for (const size of sizes) {
    // public, so that one event brings somebody in instead of two
    const request = { preset: "public_chat", power_level_content_override: { events_default: 0 } };
    const address = `${baseUrl}/_matrix/client/v3/createRoom`;
    const { room_id: room } = await call(address, token, { method: "POST", body: request, answer: created });
    const joining = `${baseUrl}/_synapse/admin/v1/join/${encodeURIComponent(room)}`;
    for (const person of people.slice(0, size - 1)) {
      await call(joining, token, { method: "POST", body: { user_id: person }, answer: anything });
    }
    rooms.set(size, room);
  }
  const login = `${baseUrl}/_synapse/admin/v1/users/${encodeURIComponent(SENDER)}/login`;
  const { access_token: senderToken } = await call(login, token, { method: "POST", body: {}, answer: signedIn });
  return { rooms, senderToken };
}

export async function send(baseUrl: string, token: string, room: string): Promise<void> {
  const address = `${baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${crypto.randomUUID()}`;
  await call(address, token, { method: "PUT", body: { msgtype: "m.text", body: "Guten Morgen" }, answer: anything });
}
