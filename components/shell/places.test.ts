// Whoever may enter a place finds it on a phone as well, whether in the bar or behind "more".
import { describe, expect, test } from "vitest";
import { barPlaces, placeGroups, type PlaceAccess } from "./places.ts";

const nobody: PlaceAccess = {
  addressBook: false,
  rooms: false,
  audit: false,
  provisioning: false,
  schoolReports: false,
  landAdmin: false,
  stateStaff: false,
};
const ADMIN: PlaceAccess = { ...nobody, addressBook: true, rooms: true, audit: true, provisioning: true };
const MANAGER: PlaceAccess = { ...ADMIN, schoolReports: true };
const LAND: PlaceAccess = { ...nobody, audit: true, provisioning: true, landAdmin: true, stateStaff: true };
const SUPPORT: PlaceAccess = { ...nobody, stateStaff: true };

describe.each<[string, string | null, PlaceAccess, readonly string[], readonly string[]]>([
  [
    "an administrator",
    "S",
    ADMIN,
    ["overview", "matrix", "approvals", "audit"],
    ["addressbook", "versions", "rooms", "provisioning", "switches"],
  ],
  [
    "a manager",
    "S",
    MANAGER,
    ["overview", "matrix", "approvals", "schoolReports"],
    ["addressbook", "versions", "rooms", "provisioning", "switches", "audit"],
  ],
  ["support at a school", "S", SUPPORT, ["overview", "matrix", "approvals", "reports"], ["versions", "ownAudit"]],
  [
    "a state administrator at a school",
    "S",
    LAND,
    ["overview", "matrix", "approvals", "reports"],
    [
      "versions",
      "provisioning",
      "switches",
      "audit",
      "stateProvisioning",
      "frame",
      "consoleRoles",
      "stateAudit",
      "ownAudit",
    ],
  ],
  [
    "a state administrator at none",
    null,
    LAND,
    ["overview", "reports", "stateProvisioning", "frame"],
    ["consoleRoles", "stateAudit", "ownAudit"],
  ],
  ["support at none", null, SUPPORT, ["overview", "reports", "ownAudit"], []],
])("%s", (_, schoolId, access, inBar, behindMore) => {
  const groups = placeGroups(schoolId, access);
  const { bar, more } = barPlaces(groups);
  const names = (places: readonly { readonly name: string }[]) => places.map(({ name }) => name);

  test("has at most five things in the bar, the nearest first", () => {
    expect(names(bar)).toEqual(inBar);
    expect(bar.length + (more.length > 0 ? 1 : 0)).toBeLessThanOrEqual(5);
  });
  test("loses nothing", () => {
    expect(names(more.flatMap(({ places }) => places))).toEqual(behindMore);
    expect(names(groups.flatMap(({ places }) => places)).toSorted()).toEqual([...inBar, ...behindMore].toSorted());
  });
});
