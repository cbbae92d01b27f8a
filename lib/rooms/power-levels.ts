// The power levels of a read-only room, and the way back (design §6). Pure.
import { z } from "zod";

/** One above every human: only the provisioner. */
export const NOBODY = 101;
const LEVELS_EVENT = "m.room.power_levels";
/** What Matrix takes for a level that is not named. */
const EVENTS_DEFAULT = 0;

const level = z.number().int();
export const powerLevelsSchema = z.looseObject({
  users: z.record(z.string(), level).optional(),
  events: z.record(z.string(), level).optional(),
  events_default: level.optional(),
  users_default: level.optional(),
});
export type PowerLevels = z.infer<typeof powerLevelsSchema>;

export function levelOfUser(levels: PowerLevels, userId: string): number {
  return levels.users?.[userId] ?? 0;
}

/** Nobody but the provisioner writes or changes levels. Types with a level of their own are raised too: reactions, votes. */
export function readOnly(levels: PowerLevels): PowerLevels {
  const raised = Object.entries({ [LEVELS_EVENT]: NOBODY, ...levels.events }).map(
    ([type, value]) => [type, Math.max(value, NOBODY)] as const,
  );
  const eventsDefault = Math.max(levels.events_default ?? EVENTS_DEFAULT, NOBODY);
  return { ...levels, events: Object.fromEntries(raised), events_default: eventsDefault };
}

export function isReadOnly(levels: PowerLevels): boolean {
  const events = Object.values({ [LEVELS_EVENT]: 0, ...levels.events });
  return (levels.events_default ?? EVENTS_DEFAULT) >= NOBODY && events.every((value) => value >= NOBODY);
}

/**
 * Takes back what making the room read-only has raised, and only that: whatever the provisioner has changed since, such
 * as a moderator who is none any more, stays.
 * @returns the same object if nothing is to be taken back
 */
export function withoutReadOnly(present: PowerLevels, applied: PowerLevels, former: PowerLevels): PowerLevels {
  const restored = structuredClone(present);
  let changed = false;
  if (present.events_default === applied.events_default && present.events_default !== former.events_default) {
    changed = true;
    if (former.events_default === undefined) delete restored.events_default;
    else restored.events_default = former.events_default;
  }
  const events = Object.entries(present.events ?? {}).flatMap(([type, value]): [string, number][] => {
    const before = former.events?.[type];
    if (value !== applied.events?.[type] || value === before) return [[type, value]];
    changed = true;
    return before === undefined ? [] : [[type, before]];
  });
  if (!changed) return present;
  if (former.events === undefined && events.length === 0) delete restored.events;
  else restored.events = Object.fromEntries(events);
  return restored;
}
