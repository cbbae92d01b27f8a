// A planned switch as it stands in the address of its summary.
import { schoolPath } from "#components/shell/paths.ts";
import { SCHOOL_SWITCHES, type PlannedSwitch, type SchoolSwitch } from "#lib/provisioning/switches.ts";

const NAMES = [...SCHOOL_SWITCHES, "state"] as const;

export function changePath(schoolId: string, name: SchoolSwitch | "state", on: boolean): string {
  return `${schoolPath(schoolId, "switches/change")}?${new URLSearchParams({ name, to: on ? "on" : "off" }).toString()}`;
}

export function channelChangePath(schoolId: string, alias: string, twoWay: boolean): string {
  const query = new URLSearchParams({ channel: alias, to: twoWay ? "on" : "off" }).toString();
  return `${schoolPath(schoolId, "switches/change")}?${query}`;
}

/** Null for nonsense. */
export function parseChange(parameters: Readonly<Record<string, string | string[] | undefined>>): PlannedSwitch | null {
  const { name: wanted, channel, to } = parameters;
  if (to !== "on" && to !== "off") return null;
  const on = to === "on";
  if (typeof channel === "string") return { name: "channel", alias: channel, twoWay: on };
  const name = NAMES.find((known) => known === wanted);
  return name === undefined ? null : { name, on };
}
