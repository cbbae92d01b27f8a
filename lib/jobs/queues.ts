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
    options: {
      policy: "stately",
      retryLimit: 0,
      expireInSeconds: 3_600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Pull the groups of LDAP (lib/directory/intake/ldap.ts), or a school's. One waiting and one running at a time for each key. */
  "ldap-sync": {
    data: z.object({
      requestedBy: z.string().nullish(),
      schoolId: z.string().nullish(),
      dryRun: z.boolean().optional(),
    }),
    options: {
      policy: "stately",
      retryLimit: 0,
      expireInSeconds: 1_800,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Bring one person's account in Synapse to the desired state. Key: the person's id. */
  "provision-account": {
    data: z.object({ personId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 5,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 120,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Compare accounts with what is recorded of them (lib/provisioning/account-verification.ts). Key: the first person's id. */
  "verify-accounts": {
    data: z.object({ personIds: z.array(z.string()) }),
    options: {
      policy: PER_KEY,
      retryLimit: 3,
      retryDelay: 60,
      retryBackoff: true,
      expireInSeconds: 600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Bring one managed room to the desired state. Key: the room's alias, so its order is kept. */
  "provision-room": {
    data: z.object({ alias: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 5,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 1_800,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Queue whatever is outstanding at a school, after one of its switches was thrown. Key: the school's id. */
  "provision-school": {
    data: z.object({ schoolId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 10,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 300,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Take somebody who has left a school out of its rooms (lib/provisioning/departures.ts). Key: the person's id. */
  "leave-rooms": {
    data: z.object({ personId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 5,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Make a room of people read-only, closed or as before, as its school is off or on. Key: the room's id. */
  "freeze-room": {
    data: z.object({ roomId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 1_800,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Whatever provisioning does by the calendar (lib/provisioning/calendar.ts). One waiting and one running at a time. */
  "provisioning-calendar": {
    data: z.object({}),
    options: {
      policy: PER_KEY,
      retryLimit: 3,
      retryDelay: 10,
      retryBackoff: true,
      expireInSeconds: 600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Withdraw the pending invitations of a school that its policy no longer permits (design §4.11). Key: the school's id. */
  "withdraw-invitations": {
    data: z.object({ schoolId: z.string(), version: z.number().int() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 1_800,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Whatever a policy does by the calendar (lib/policy/calendar.ts). One waiting and one running at a time. */
  "policy-calendar": {
    data: z.object({}),
    options: {
      policy: PER_KEY,
      retryLimit: 3,
      retryDelay: 10,
      retryBackoff: true,
      expireInSeconds: 600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Look at the rooms that people of a school have made (lib/rooms/review.ts). Key: the school's id. */
  "review-rooms": {
    data: z.object({ schoolId: z.string(), reviewId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 3_600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Send one notice (lib/notify/send.ts). Key: the notice's id. */
  "send-mail": {
    data: z.object({ noticeId: z.uuid() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 120,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Make one room read-only or writable again, as its row wants it (lib/rooms/protection.ts). Key: the room's id. */
  "protect-room": {
    data: z.object({ roomId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 120,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Restore one room's integrity condition (lib/provisioning/integrity.ts). Key: the room's id. */
  "repair-room": {
    data: z.object({ roomId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 300,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Bring a room's people in line with the groups in its join rules (lib/provisioning/group-invitations.ts). Key: the room's id. */
  "follow-groups": {
    data: z.object({ roomId: z.string() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 1_800,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Once a night: rooms that break the condition without anybody having told, and older rooms (lib/provisioning/room-sweep.ts). */
  "sweep-rooms": {
    data: z.object({}),
    options: {
      policy: PER_KEY,
      retryLimit: 3,
      retryDelay: 60,
      retryBackoff: true,
      expireInSeconds: 6 * 3_600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Do in Synapse what a case wants (lib/reports/measure-work.ts), in the order of the wishes. Key: the case's id. */
  "case-measures": {
    data: z.object({ caseId: z.uuid() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 600,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
  },
  /** Tell the room for notices about a case (lib/reports/notices.ts). Key: case and occasion. */
  "post-case-notice": {
    data: z.object({ caseId: z.uuid(), what: z.enum(["severe", "overdue"]), occasion: z.iso.datetime() }),
    options: {
      policy: PER_KEY,
      retryLimit: 20,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 300,
      expireInSeconds: 120,
      deleteAfterSeconds: ONE_DAY_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    },
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
