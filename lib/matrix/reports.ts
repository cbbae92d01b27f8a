// Reports, as Synapse keeps them, and what a reporter may see: the latter with the reporter's own token, which is used
// for nothing else.
import { z } from "zod";
import type { RequestBudget } from "./budget.ts";
import { connectMatrix, path, type MatrixConnection } from "./connection.ts";
import { isMatrixError, orNull } from "./errors.ts";

export type EventJson = Readonly<Record<string, unknown>> & { readonly sender: string; readonly type: string };

export type SynapseEventReport = {
  readonly id: number;
  readonly receivedAt: Date;
  readonly roomId: string;
  readonly eventId: string;
  readonly reporter: string;
  readonly reason: string;
};
export type SynapseUserReport = {
  readonly id: number;
  readonly receivedAt: Date;
  readonly target: string;
  readonly reporter: string;
  readonly reason: string;
};
export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

export type RoomFacts = { readonly name: string | null; readonly creator: string; readonly type: string | null };
export type RoomState = readonly {
  readonly type: string;
  readonly stateKey: string;
  readonly content: Readonly<Record<string, unknown>>;
}[];

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type ReportsApi = {
  /** Newest first. */
  eventReports(from: string | null): Promise<Page<SynapseEventReport>>;
  /** The whole event of a report; null once the room is purged. */
  reportedEvent(reportId: number): Promise<EventJson | null>;
  userReports(from: string | null): Promise<Page<SynapseUserReport>>;
  /** Deletes Synapse's row of a report; whether there was one makes no difference. */
  forget(kind: "event" | "user", reportId: number): Promise<void>;
  /** Whatever room it stands in; null if Synapse has none such. */
  event(eventId: string): Promise<EventJson | null>;
  room(roomId: string): Promise<RoomFacts | null>;
  roomState(roomId: string): Promise<RoomState | null>;
};

const eventJson = z.looseObject({ sender: z.string(), type: z.string() });
const paged = { next_token: z.union([z.number(), z.string()]).nullish() };
const received = z.number().transform((milliseconds) => new Date(milliseconds));
const reason = z.string().nullish();
const eventReportsAnswer = z.object({
  ...paged,
  event_reports: z.array(
    z.object({
      id: z.number(),
      received_ts: received,
      room_id: z.string(),
      event_id: z.string(),
      user_id: z.string(),
      reason,
    }),
  ),
});
const userReportsAnswer = z.object({
  ...paged,
  user_reports: z.array(
    z.object({ id: z.number(), received_ts: received, target_user_id: z.string(), user_id: z.string(), reason }),
  ),
});
const reportAnswer = z.object({ event_json: eventJson });
const fetchAnswer = z.object({ event: eventJson });
const roomAnswer = z.object({ name: z.string().nullish(), creator: z.string(), room_type: z.string().nullish() });
const stateAnswer = z.object({
  state: z.array(z.object({ type: z.string(), state_key: z.string(), content: z.record(z.string(), z.unknown()) })),
});
const anything = z.looseObject({});
const PAGE = "100";

export function synapseReports({ call }: MatrixConnection): ReportsApi {
  const query = (from: string | null) => ({ limit: PAGE, dir: "b", ...(from !== null && { from }) });
  const nextOf = ({ next_token: next }: { next_token?: string | number | null | undefined }) =>
    next === null || next === undefined ? null : String(next);
  return {
    async eventReports(from) {
      const answer = await call(
        { method: "GET", api: "admin", path: "/v1/event_reports", query: query(from) },
        eventReportsAnswer,
      );
      const rows = answer.event_reports.map((row) => ({
        id: row.id,
        receivedAt: row.received_ts,
        roomId: row.room_id,
        eventId: row.event_id,
        reporter: row.user_id,
        reason: row.reason ?? "",
      }));
      return { rows, next: nextOf(answer) };
    },
    async reportedEvent(reportId) {
      const request = { method: "GET", api: "admin", path: path`/v1/event_reports/${String(reportId)}` } as const;
      return (await orNull(call(request, reportAnswer)))?.event_json ?? null;
    },
    async userReports(from) {
      const answer = await call(
        { method: "GET", api: "admin", path: "/v1/user_reports", query: query(from) },
        userReportsAnswer,
      );
      const rows = answer.user_reports.map((row) => ({
        id: row.id,
        receivedAt: row.received_ts,
        target: row.target_user_id,
        reporter: row.user_id,
        reason: row.reason ?? "",
      }));
      return { rows, next: nextOf(answer) };
    },
    async forget(kind, reportId) {
      const list = kind === "event" ? "event_reports" : "user_reports";
      await orNull(call({ method: "DELETE", api: "admin", path: path`/v1/${list}/${String(reportId)}` }, anything));
    },
    async event(eventId) {
      const found = call({ method: "GET", api: "admin", path: path`/v1/fetch_event/${eventId}` }, fetchAnswer);
      return (await orNull(found))?.event ?? null;
    },
    async room(roomId) {
      const found = await orNull(call({ method: "GET", api: "admin", path: path`/v1/rooms/${roomId}` }, roomAnswer));
      return found && { name: found.name ?? null, creator: found.creator, type: found.room_type ?? null };
    },
    async roomState(roomId) {
      const found = await orNull(
        call({ method: "GET", api: "admin", path: path`/v1/rooms/${roomId}/state` }, stateAnswer),
      );
      return found?.state.map(({ type, state_key: stateKey, content }) => ({ type, stateKey, content })) ?? null;
    },
  };
}

/** What can be asked with a reporter's token. Throws SynapseUnreachable; an answer that says no is a value. */
export type ReporterApi = {
  /** Whose token it is; null if Synapse does not accept it. */
  whoAmI(): Promise<string | null>;
  maySeeEvent(roomId: string, eventId: string): Promise<boolean>;
  /** Hands the report to Synapse as the client would have; false if Synapse refuses it. */
  forward(target: ForwardTarget, reason: string): Promise<boolean>;
};
export type ForwardTarget =
  | { readonly kind: "event"; readonly roomId: string; readonly eventId: string }
  | { readonly kind: "room"; readonly roomId: string }
  | { readonly kind: "user"; readonly userId: string };

const whoAmIAnswer = z.object({ user_id: z.string() });
/** Synapse refuses longer ones for rooms and people. */
const FORWARDED_REASON_LENGTH = 1_000;

/** @param budget whose places it takes: a reporter who has asked too much (429) waits alone */
export function reporterApi(baseUrl: string, token: string, budget?: RequestBudget): ReporterApi {
  const places = budget && { spend: budget.spend, pause: () => undefined };
  const { call } = connectMatrix({ baseUrl, accessToken: token, ...(places && { budget: places }) });
  return {
    async whoAmI() {
      const asked = call({ method: "GET", api: "client", path: "/account/whoami" }, whoAmIAnswer);
      return (await unlessRefused(asked))?.user_id ?? null;
    },
    async maySeeEvent(roomId, eventId) {
      const asked = call({ method: "GET", api: "client", path: path`/rooms/${roomId}/event/${eventId}` }, anything);
      return (await unlessRefused(asked)) !== null;
    },
    async forward(target, text) {
      const body = { reason: text.slice(0, FORWARDED_REASON_LENGTH) };
      const asked = call({ method: "POST", api: "client", path: reportPath(target), body }, anything);
      return (await unlessRefused(asked)) !== null;
    },
  };
}

function reportPath(target: ForwardTarget): string {
  if (target.kind === "user") return path`/users/${target.userId}/report`;
  if (target.kind === "room") return path`/rooms/${target.roomId}/report`;
  return path`/rooms/${target.roomId}/report/${target.eventId}`;
}

/** No is an answer, and so is an id that Synapse calls malformed. */
async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ([400, 401, 403, 404].some((status) => isMatrixError(error, status))) return null;
    throw error;
  }
}
