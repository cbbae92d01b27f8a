// When a school takes part: the directory, the state and the school want it, and the directory still names it (design §6).
import { Prisma } from "#prisma/generated/client.ts";

export type SchoolSwitches = {
  readonly serviceEnabled: boolean;
  readonly stateEnabled: boolean;
  readonly schoolEnabled: boolean;
  readonly leftAt: Date | null;
};

export const isServed = ({ serviceEnabled, stateEnabled, schoolEnabled, leftAt }: SchoolSwitches): boolean =>
  serviceEnabled && stateEnabled && schoolEnabled && leftAt === null;

/** The same of a row of `school AS s`. */
export const SERVED = Prisma.sql`(s.service_enabled AND s.state_enabled AND s.school_enabled AND s.left_at IS NULL)`;

/** The same, for what Prisma looks up. */
export const SERVED_WHERE = { serviceEnabled: true, stateEnabled: true, schoolEnabled: true, leftAt: null } as const;
