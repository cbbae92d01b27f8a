// Guarantee: in a read-only room no human writes or changes levels, and the way back restores exactly what was.
import { describe, expect, test } from "vitest";
import { isReadOnly, readOnly, withoutReadOnly, type PowerLevels } from "./power-levels.ts";

const BOT = "@idm_provisioning_bot:localhost";
const FORMER: readonly [string, PowerLevels][] = [
  ["nothing named", {}],
  ["an ordinary room", { users: { [BOT]: 150, "@u-t:localhost": 100 }, events_default: 0, state_default: 50 }],
  ["reactions for everybody", { events: { "m.reaction": 0, "m.room.power_levels": 100 }, events_default: 50 }],
  ["levels above already", { events: { "m.room.power_levels": 150, "m.room.name": 150 }, events_default: 0 }],
];

describe.each(FORMER)("%s", (_name, former) => {
  const applied = readOnly(former);

  test("becomes read-only, and stays so when asked again", () => {
    expect(isReadOnly(former)).toBe(false);
    expect(isReadOnly(applied)).toBe(true);
    expect(Math.min(...Object.values(applied.events ?? {}), applied.events_default ?? 0)).toBeGreaterThan(100);
    expect(readOnly(applied)).toEqual(applied);
  });

  test("comes back as it was", () => {
    expect(withoutReadOnly(applied, applied, former)).toEqual(former);
  });

  test("keeps what was changed meanwhile, and is restored once", () => {
    const meanwhile = { ...applied, users: { [BOT]: 150 }, ban: 101 };
    const restored = withoutReadOnly(meanwhile, applied, former);
    expect(restored).toEqual({ ...former, users: { [BOT]: 150 }, ban: 101 });
    expect(withoutReadOnly(restored, applied, former)).toBe(restored);
  });
});

test("levels of people are untouched", () => {
  expect(readOnly({ users: { "@u-t:localhost": 100 } }).users).toEqual({ "@u-t:localhost": 100 });
});
