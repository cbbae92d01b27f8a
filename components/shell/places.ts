// The places of the console in the order of the sidebar. A place that does not exist yet is not listed.
import {
  DoorOpen,
  Grid3x3,
  History,
  House,
  Landmark,
  ScrollText,
  Stamp,
  UserCheck,
  UserCog,
  type LucideIcon,
} from "lucide-react";
import { isLandAdmin, isStateStaff, mayAuditSchool, mayEditSchool, type Principal } from "#lib/auth/principal.ts";
import { FRAME_PATH, schoolPath } from "./paths.ts";

export type PlaceName =
  | "overview"
  | "matrix"
  | "versions"
  | "rooms"
  | "approvals"
  | "audit"
  | "frame"
  | "consoleRoles"
  | "stateAudit"
  | "ownAudit";
export type Place = { readonly name: PlaceName; readonly href: string; readonly icon: LucideIcon };
export type PlaceHeading = "communication" | "administration" | "state";
export type PlaceGroup = {
  readonly heading: PlaceHeading | null;
  readonly places: readonly Place[];
};

/** Which places the person may enter; what is shown there is decided there. */
export type PlaceAccess = {
  /** Room names are what people have written: only the school's own administrators see them. */
  readonly rooms: boolean;
  readonly audit: boolean;
  readonly landAdmin: boolean;
  readonly stateStaff: boolean;
};

export function placeAccess(principal: Principal, schoolId: string | null): PlaceAccess {
  return {
    rooms: schoolId !== null && mayEditSchool(principal, schoolId),
    audit: schoolId !== null && mayAuditSchool(principal, schoolId),
    landAdmin: isLandAdmin(principal),
    stateStaff: isStateStaff(principal),
  };
}

function statePlaces({ landAdmin, stateStaff }: PlaceAccess): PlaceGroup[] {
  const ofLandAdmins: Place[] = [
    { name: "frame", href: FRAME_PATH, icon: Landmark },
    { name: "consoleRoles", href: "/console-roles", icon: UserCog },
    { name: "stateAudit", href: "/audit", icon: ScrollText },
  ];
  const ofStaff: Place[] = [{ name: "ownAudit", href: "/audit/own", icon: UserCheck }];
  const places = [...(landAdmin ? ofLandAdmins : []), ...(stateStaff ? ofStaff : [])];
  return places.length === 0 ? [] : [{ heading: "state", places }];
}

/** As many as stand side by side on a phone. */
const BAR_PLACES = 5;
/** Whom a school's page is opened for most often; the others are one step away. */
const FIRST_AT_SCHOOL: readonly PlaceName[] = ["overview", "matrix", "approvals", "audit"];

/** For phones: what stands in the bar, and what is behind "more". Nothing that the sidebar has is left out. */
export function barPlaces(groups: readonly PlaceGroup[]): {
  readonly bar: readonly Place[];
  readonly more: readonly PlaceGroup[];
} {
  const all = groups.flatMap(({ places }) => places);
  if (all.length <= BAR_PLACES) return { bar: all, more: [] };
  const isFirst = ({ name }: Place) => FIRST_AT_SCHOOL.includes(name);
  return {
    bar: all.filter(isFirst),
    more: groups
      .map((group) => ({ ...group, places: group.places.filter((place) => !isFirst(place)) }))
      .filter(({ places }) => places.length > 0),
  };
}

export function placeGroups(schoolId: string | null, access: PlaceAccess): readonly PlaceGroup[] {
  const overview: PlaceGroup = { heading: null, places: [{ name: "overview", href: "/", icon: House }] };
  const state = statePlaces(access);
  if (schoolId === null) return [overview, ...state];
  return [
    overview,
    {
      heading: "communication",
      places: [
        { name: "matrix", href: schoolPath(schoolId, "matrix"), icon: Grid3x3 },
        { name: "approvals", href: schoolPath(schoolId, "approvals"), icon: Stamp },
        { name: "versions", href: schoolPath(schoolId, "versions"), icon: History },
        ...(access.rooms ? [{ name: "rooms", href: schoolPath(schoolId, "rooms"), icon: DoorOpen } as const] : []),
      ],
    },
    ...(access.audit
      ? [
          {
            heading: "administration",
            places: [{ name: "audit", href: schoolPath(schoolId, "audit"), icon: ScrollText }],
          } as const,
        ]
      : []),
    ...state,
  ];
}
