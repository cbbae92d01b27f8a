// Who notices if a refused request did something after all. A witness looks twice, before and after; what it declares
// to watch must change without our defences, else it is blind and proves nothing.
import pg from "pg";
import { z } from "zod";
import type { MatrixSession, TestSystem } from "../system.ts";

export type Witness = {
  readonly name: string;
  /** Looks at the present; the answer looks again and says what has happened since, or nothing. */
  watch(): Promise<() => Promise<string | undefined>>;
};

const syncAnswer = z.object({
  next_batch: z.string(),
  rooms: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  presence: z.object({ events: z.array(z.object({ sender: z.string() })) }).default({ events: [] }),
});

async function sync(session: MatrixSession, since?: string) {
  // A person's own presence would be news at every sync. The id of nobody makes each request another one: Synapse keeps
  // the answer to a first sync for two minutes, token and all.
  const filter = JSON.stringify({ presence: { not_senders: [session.userId, `@${crypto.randomUUID()}:localhost`] } });
  const query = new URLSearchParams({ timeout: "0", set_presence: "offline", filter, ...(since && { since }) });
  const { body } = await session.request("GET", `/_matrix/client/v3/sync?${query.toString()}`);
  return syncAnswer.parse(body);
}

/** What reaches a person's client: rooms, invitations, knocks, presence. */
export function syncOf(session: MatrixSession): Witness {
  return {
    name: `/sync of ${session.userId}`,
    async watch() {
      const { next_batch: since } = await sync(session);
      return async () => {
        const news = await sync(session, since);
        const rooms = Object.entries(news.rooms).filter(([, byId]) => Object.keys(byId).length > 0);
        const seen = [...rooms.map(([membership]) => membership), ...news.presence.events.map(() => "presence")];
        return seen.length > 0 ? seen.join(", ") : undefined;
      };
    },
  };
}

/** Any answer of the chat that must stay the same. */
export function answerTo(session: MatrixSession, path: string): Witness {
  const look = async () => {
    const { status, body } = await session.request("GET", path);
    return `${String(status)} ${JSON.stringify(body)}`;
  };
  return {
    name: `GET ${path}`,
    async watch() {
      const before = await look();
      return async () => {
        const after = await look();
        return after === before ? undefined : after;
      };
    },
  };
}

const joinedRooms = z.object({ joined_rooms: z.array(z.string()) });

export function roomsOf(session: MatrixSession): Witness {
  const look = async () => {
    const { body } = await session.request("GET", "/_matrix/client/v3/joined_rooms");
    return new Set(joinedRooms.parse(body).joined_rooms);
  };
  return {
    name: `rooms of ${session.userId}`,
    async watch() {
      const before = await look();
      return async () => {
        const joined = [...(await look()).difference(before)];
        return joined.length > 0 ? `joined ${joined.join(", ")}` : undefined;
      };
    },
  };
}

const stateRow = z.object({ type: z.string(), state_key: z.string(), event_id: z.string() });

/** The state events of a room as Synapse has stored them: it forgets a room's present state once nobody is in it. */
export function stateOf({ synapseDatabaseUrl }: TestSystem, room: string): Witness {
  const look = async () => {
    const rows = await query(
      synapseDatabaseUrl,
      "SELECT type, state_key, event_id FROM state_events WHERE room_id = $1",
      [room],
    );
    return z.array(stateRow).parse(rows);
  };
  return {
    name: `state of ${room}`,
    async watch() {
      const before = new Set((await look()).map(({ event_id: id }) => id));
      return async () => {
        const changed = (await look()).filter(({ event_id: id }) => !before.has(id));
        return changed.length > 0 ? changed.map(({ type, state_key: key }) => `${type} ${key}`).join(", ") : undefined;
      };
    },
  };
}

const messageRow = z.object({ message_json: z.string() });

/** Messages from device to device that wait for a person. */
export function inboxOf({ synapseDatabaseUrl }: TestSystem, { userId }: MatrixSession): Witness {
  const look = async () => {
    const sql = "SELECT message_json FROM device_inbox WHERE user_id = $1 ORDER BY stream_id";
    return z.array(messageRow).parse(await query(synapseDatabaseUrl, sql, [userId]));
  };
  return {
    name: `device inbox of ${userId}`,
    async watch() {
      const before = await look();
      return async () => {
        const after = await look();
        return after.length > before.length ? (after.at(-1)?.message_json ?? "") : undefined;
      };
    },
  };
}

const countsRow = z.tuple([z.object({ rooms: z.coerce.number(), events: z.coerce.number() })]);

/** No room came into being and no event was stored anywhere on the server; nothing else may happen meanwhile. */
export function everything({ synapseDatabaseUrl }: TestSystem): Witness {
  const look = async () => {
    const sql = "SELECT (SELECT count(*) FROM rooms) AS rooms, (SELECT count(*) FROM events) AS events";
    return countsRow.parse(await query(synapseDatabaseUrl, sql))[0];
  };
  return {
    name: "Synapse's database",
    async watch() {
      const before = await look();
      return async () => {
        const after = await look();
        const news = [
          ...(after.rooms > before.rooms ? [`new rooms: ${String(after.rooms - before.rooms)}`] : []),
          ...(after.events > before.events ? [`new events: ${String(after.events - before.events)}`] : []),
        ];
        return news.length > 0 ? news.join(", ") : undefined;
      };
    },
  };
}

const pools = new Map<string, pg.Pool>();

async function query(databaseUrl: string, sql: string, values: readonly string[] = []): Promise<unknown[]> {
  let pool = pools.get(databaseUrl);
  if (!pool) {
    pool = new pg.Pool({
      connectionString: databaseUrl,
      max: 2,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    });
    // the database is dropped under it when the run ends
    pool.on("error", () => undefined);
    pools.set(databaseUrl, pool);
  }
  return (await pool.query<Record<string, unknown>>(sql, [...values])).rows;
}

/** Before the database goes. */
export async function stopLooking(): Promise<void> {
  await Promise.all([...pools.values()].map((pool) => pool.end()));
  pools.clear();
}
