// The job queues: their names, what a job carries, and how each queue retries. The worker works them; whoever changes
// something sends to them inside the same transaction. Jobs name what to look at, never what to do: they read the
// desired state when they run, so doing one twice changes nothing.
import { z } from "zod";

/**
 * Policy `singleton`: of the jobs with one key only one is active at a time, in all workers (a unique index of the
 * queue). Not `short`: its "one waiting per key" drops a job against one that starts before our transaction commits
 * and so never sees our change. JobSender leaves out duplicates safely instead.
 */
const PER_KEY = "singleton";
const ONE_DAY_SECONDS = 86_400;
/** A job whose worker was killed is taken up again after this time, not only when it expires. */
const HEARTBEAT_SECONDS = 15;

const COMMON = { deleteAfterSeconds: ONE_DAY_SECONDS, heartbeatSeconds: HEARTBEAT_SECONDS } as const;

/** One waiting and one running at a time for each key; the next interval comes by itself. */
const pulling = (expireInSeconds: number) =>
  ({ ...COMMON, policy: "stately", retryLimit: 0, expireInSeconds }) as const;

/** Tried again for about an hour, ever more rarely, whatever stands in its way. */
const persistent = (expireInSeconds: number, { retryDelay = 2, retryLimit = 20 } = {}) =>
  ({
    ...COMMON,
    policy: PER_KEY,
    ...{ retryLimit, retryDelay, retryBackoff: true, retryDelayMax: 300 },
    expireInSeconds,
  }) as const;

/** Comes again by itself soon: a few tries are enough. */
const byCalendar = (expireInSeconds: number, retryDelay = 10) =>
  ({ ...COMMON, policy: PER_KEY, retryLimit: 3, retryDelay, retryBackoff: true, expireInSeconds }) as const;

export const queues = {
  /** Pull the directory, whole, a school's part, or its changes. One waiting and one running at a time for each key. */
  "directory-sync": {
    data: z.object({
      full: z.boolean(),
      requestedBy: z.string().nullable(),
      schoolId: z.string().nullish(),
      dryRun: z.boolean().optional(),
      asServed: z.boolean().optional(),
    }),
    options: pulling(3_600),
  },
  /** Pull the groups of LDAP (lib/directory/intake/ldap.ts), or a school's. One waiting and one running at a time for each key. */
  "ldap-sync": {
    data: z.object({
      requestedBy: z.string().nullish(),
      schoolId: z.string().nullish(),
      dryRun: z.boolean().optional(),
    }),
    options: pulling(1_800),
  },
  /** Bring one person's account in Synapse to the desired state. Key: the person's id. */
  "provision-account": {
    data: z.object({ personId: z.string() }),
    options: persistent(120, { retryDelay: 5 }),
  },
  /** Compare accounts with what is recorded of them (lib/provisioning/account-verification.ts). Key: the first person's id. */
  "verify-accounts": {
    data: z.object({ personIds: z.array(z.string()) }),
    options: byCalendar(600, 60),
  },
  /** Bring one managed room to the desired state. Key: the room's alias, so its order is kept. */
  "provision-room": {
    data: z.object({ alias: z.string() }),
    options: persistent(1_800, { retryDelay: 5 }),
  },
  /** Queue whatever is outstanding at a school, after one of its switches was thrown. Key: the school's id. */
  "provision-school": {
    data: z.object({ schoolId: z.string() }),
    options: persistent(300, { retryLimit: 10 }),
  },
  /** Take somebody who has left a school out of its rooms (lib/provisioning/departures.ts). Key: the person's id. */
  "leave-rooms": {
    data: z.object({ personId: z.string() }),
    options: persistent(600, { retryDelay: 5 }),
  },
  /** Make a room of people read-only, closed or as before, as its school is off or on. Key: the room's id. */
  "freeze-room": {
    data: z.object({ roomId: z.string() }),
    options: persistent(1_800),
  },
  /** Whatever provisioning does by the calendar (lib/provisioning/calendar.ts). One waiting and one running at a time. */
  "provisioning-calendar": {
    data: z.object({}),
    options: byCalendar(600),
  },
  /** Withdraw the pending invitations of a school that its policy no longer permits (design §4.11). Key: the school's id. */
  "withdraw-invitations": {
    data: z.object({ schoolId: z.string(), version: z.number().int() }),
    options: persistent(1_800),
  },
  /** Whatever a policy does by the calendar (lib/policy/calendar.ts). One waiting and one running at a time. */
  "policy-calendar": {
    data: z.object({}),
    options: byCalendar(600),
  },
  /** Look at the rooms that people of a school have made (lib/rooms/review.ts). Key: the school's id. */
  "review-rooms": {
    data: z.object({ schoolId: z.string(), reviewId: z.string() }),
    options: persistent(3_600),
  },
  /** Send one notice (lib/notify/send.ts). Key: the notice's id. */
  "send-mail": {
    data: z.object({ noticeId: z.uuid() }),
    options: persistent(120),
  },
  /** Make one room read-only or writable again, as its row wants it (lib/rooms/protection.ts). Key: the room's id. */
  "protect-room": {
    data: z.object({ roomId: z.string() }),
    options: persistent(120),
  },
  /** Restore one room's integrity condition (lib/provisioning/integrity.ts). Key: the room's id. */
  "repair-room": {
    data: z.object({ roomId: z.string() }),
    options: persistent(300),
  },
  /** Bring a room's people in line with the groups in its join rules (lib/provisioning/group-invitations.ts). Key: the room's id. */
  "follow-groups": {
    data: z.object({ roomId: z.string() }),
    options: persistent(1_800),
  },
  /** Once a night: rooms that break the condition without anybody having told, and older rooms (lib/provisioning/room-sweep.ts). */
  "sweep-rooms": {
    data: z.object({}),
    options: byCalendar(6 * 3_600, 60),
  },
  /** Do in Synapse what a case wants (lib/reports/measure-work.ts), in the order of the wishes. Key: the case's id. */
  "case-measures": {
    data: z.object({ caseId: z.uuid() }),
    options: persistent(600),
  },
  /** Tell the room for notices about a case (lib/reports/notices.ts). Key: case and occasion. */
  "post-case-notice": {
    data: z.object({ caseId: z.uuid(), what: z.enum(["severe", "overdue"]), occasion: z.iso.datetime() }),
    options: persistent(120),
  },
} as const;

export type QueueName = keyof typeof queues;
export type JobData<Name extends QueueName> = z.infer<(typeof queues)[Name]["data"]>;

/** The key of ldap-sync for all schools. */
export const LDAP_KEY = "ldap";
/** Of one school, or of a dry run. */
export const ldapKey = (schoolId: string | null, isDryRun = false): string =>
  `${isDryRun ? "dry:" : ""}${schoolId === null ? LDAP_KEY : `${LDAP_KEY}:${schoolId}`}`;
/** The key of directory-sync for all schools. */
export const SYNC_KEY = "directory";
/** Of one school, or of a dry run. */
export const syncKey = (schoolId: string | null, isDryRun = false): string =>
  `${isDryRun ? "dry:" : ""}${schoolId ?? SYNC_KEY}`;
/** The one key of policy-calendar. */
export const CALENDAR_KEY = "calendar";
/** The one key of sweep-rooms. */
export const SWEEP_KEY = "rooms";
