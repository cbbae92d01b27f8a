// The baseline of the provisioning benchmark: the fewest requests that make the same accounts and rooms, in a plain loop
// that looks nothing up, writes nothing down and could not be interrupted.
import { z } from "zod";
import { createRequest } from "#lib/provisioning/desired.ts";
import { PEOPLE, ROOMS, SIZE } from "./provision-size.ts";

const TIMEOUT_MS = 60_000;
const TRIED = [1, 2, 4, 8, 16];
const created = z.object({ room_id: z.string() });
const anything = z.looseObject({});

export type Bare = {
  /** Makes the accounts of a round. */
  accounts(name: string): Promise<void>;
  /** Makes its rooms, and brings everybody in. */
  rooms(name: string): Promise<void>;
  findBestParallelism(): Promise<{ readonly accounts: number; readonly rooms: number }>;
};

export type BareOptions = { readonly synapseUrl: string; readonly accessToken: string; readonly serverName: string };

export function bareLoop({ synapseUrl, accessToken, serverName }: BareOptions): Bare {
  const parallel = { accounts: 4, rooms: 4 };
  const userOf = (name: string, index: number) => `@u-bare-${name}-${String(index)}:${serverName}`;

  async function call<T>(method: "POST" | "PUT", path: string, body: object, answer: z.ZodType<T>): Promise<T> {
    const response = await fetch(`${synapseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const received: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${JSON.stringify(received)}`);
    return answer.parse(received);
  }

  async function makeAccounts(name: string): Promise<void> {
    await inParallel(parallel.accounts, PEOPLE, async (index) => {
      const userId = userOf(name, index);
      const login = { auth_provider: "oidc-school", external_id: `bare-${name}-${String(index)}` };
      const body = { displayname: `Bare ${String(index)}`, external_ids: [login] };
      await call("PUT", `/_synapse/admin/v2/users/${encodeURIComponent(userId)}`, body, anything);
    });
  }

  async function makeRooms(name: string, accountsOf = name): Promise<void> {
    await inParallel(parallel.rooms, ROOMS, async (index) => {
      const first = Math.floor(index / 2) * (SIZE.pupils + 1);
      const members = Array.from({ length: SIZE.pupils + 1 }, (_, n) => userOf(accountsOf, first + n));
      const request = createRequest(
        {
          ...{ kind: index % 2 === 0 ? "group" : "channel", mode: "oneWay", topic: "" },
          ...{ alias: `bare-${name}-${String(index)}`, name: `Klasse ${String(index)}` },
          ...{ provisioner: `@idm_provisioning_bot:${serverName}`, moderators: members.slice(0, 1) },
        },
        { pollVoteType: "org.example.vote" },
      );
      const { room_id: room } = await call("POST", "/_matrix/client/v3/createRoom", request, created);
      const path = `/_synapse/admin/v1/join/${encodeURIComponent(room)}`;
      for (const userId of members) await call("POST", path, { user_id: userId }, anything);
    });
  }

  return {
    accounts: makeAccounts,
    rooms: (name) => makeRooms(name),
    async findBestParallelism() {
      const best = { accounts: { count: 1, ms: Infinity }, rooms: { count: 1, ms: Infinity } };
      await makeAccounts("warm");
      await makeRooms("warm");
      for (const count of TRIED) {
        parallel.accounts = count;
        parallel.rooms = count;
        const name = `try${String(count)}`;
        const started = performance.now();
        await makeAccounts(name);
        const between = performance.now();
        await makeRooms(name);
        const ms = { accounts: between - started, rooms: performance.now() - between };
        for (const kind of ["accounts", "rooms"] as const) {
          if (ms[kind] < best[kind].ms) best[kind] = { count, ms: ms[kind] };
        }
      }
      parallel.accounts = best.accounts.count;
      parallel.rooms = best.rooms.count;
      return { ...parallel };
    },
  };
}

async function inParallel(count: number, total: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    for (let index = next++; index < total; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: count }, line));
}
