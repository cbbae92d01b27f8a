// The places of the console in the order of the sidebar. A place that does not exist yet is not listed.
import {
  BookUser,
  DoorOpen,
  Grid3x3,
  History,
  House,
  Inbox,
  Landmark,
  Network,
  RefreshCw,
  ScrollText,
  Stamp,
  ToggleRight,
  UserCheck,
  UserCog,
  type LucideIcon,
} from "lucide-react";
import {
  isLandAdmin,
  isStateStaff,
  mayAuditSchool,
  mayEditSchool,
  rolesAt,
  type Principal,
} from "#lib/auth/principal.ts";
import { FRAME_PATH, REPORTS_PATH, schoolPath, STATE_PROVISIONING_PATH } from "./paths.ts";

export type PlaceName =
  | "overview"
  | "matrix"
  | "versions"
  | "rooms"
  | "approvals"
  | "provisioning"
  | "switches"
  | "addressbook"
  | "schoolReports"
  | "reports"
  | "audit"
  | "stateProvisioning"
  | "frame"
  | "consoleRoles"
  | "stateAudit"
  | "ownAudit";
export type Place = { readonly name: PlaceName; readonly href: string; readonly icon: LucideIcon };
/** What waits behind a place. */
export type OpenCounts = { readonly reports: number; readonly schoolReports: number };
export type PlaceHeading = "communication" | "administration" | "state";
export type PlaceGroup = {
  readonly heading: PlaceHeading | null;
  readonly places: readonly Place[];
};

/** Which places the person may enter; what is shown there is decided there. */
export type PlaceAccess = {
  readonly addressBook: boolean;
  /** Room names are what people have written: only the school's own administrators see them. */
  readonly rooms: boolean;
  readonly audit: boolean;
  /** Its provisioning and its switches. */
  readonly provisioning: boolean;
  /** What support has handed to the school's management. */
  readonly schoolReports: boolean;
  readonly landAdmin: boolean;
  readonly stateStaff: boolean;
};

export function placeAccess(principal: Principal, schoolId: string | null): PlaceAccess {
  return {
    addressBook: schoolId !== null && mayEditSchool(principal, schoolId),
    rooms: schoolId !== null && mayEditSchool(principal, schoolId),
    audit: schoolId !== null && mayAuditSchool(principal, schoolId),
    provisioning: schoolId !== null && mayAuditSchool(principal, schoolId),
    schoolReports: schoolId !== null && rolesAt(principal, schoolId).includes("schoolManagement"),
    landAdmin: isLandAdmin(principal),
    stateStaff: isStateStaff(principal),
  };
}

function statePlaces({ landAdmin, stateStaff }: PlaceAccess): PlaceGroup[] {
  const ofLandAdmins: Place[] = [
    { name: "stateProvisioning", href: STATE_PROVISIONING_PATH, icon: Network },
    { name: "frame", href: FRAME_PATH, icon: Landmark },
    { name: "consoleRoles", href: "/console-roles", icon: UserCog },
    { name: "stateAudit", href: "/audit", icon: ScrollText },
  ];
  const inbox: Place[] = [{ name: "reports", href: REPORTS_PATH, icon: Inbox }];
  const ofStaff: Place[] = [{ name: "ownAudit", href: "/audit/own", icon: UserCheck }];
  const places = [...(stateStaff ? inbox : []), ...(landAdmin ? ofLandAdmins : []), ...(stateStaff ? ofStaff : [])];
  return places.length === 0 ? [] : [{ heading: "state", places }];
}

/** As many as stand side by side on a phone. */
const BAR_PLACES = 5;
/** What a page is opened for most often; the others are one step away. */
const FIRST: readonly PlaceName[] = [
  "overview",
  "reports",
  "schoolReports",
  "matrix",
  "approvals",
  "audit",
  "stateProvisioning",
  "frame",
  "consoleRoles",
];

/** For phones: what stands in the bar, and what is behind "more". Nothing that the sidebar has is left out. */
export function barPlaces(groups: readonly PlaceGroup[]): {
  readonly bar: readonly Place[];
  readonly more: readonly PlaceGroup[];
} {
  const all = groups.flatMap(({ places }) => places);
  if (all.length <= BAR_PLACES) return { bar: all, more: [] };
  const present = FIRST.filter((name) => all.some((place) => place.name === name));
  const first = new Set(present.slice(0, BAR_PLACES - 1));
  const isFirst = ({ name }: Place) => first.has(name);
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
  const administration: Place[] = [
    ...(access.schoolReports
      ? [{ name: "schoolReports", href: schoolPath(schoolId, "reports"), icon: Inbox } as const]
      : []),
    ...(access.provisioning
      ? [
          { name: "provisioning", href: schoolPath(schoolId, "provisioning"), icon: RefreshCw } as const,
          { name: "switches", href: schoolPath(schoolId, "switches"), icon: ToggleRight } as const,
        ]
      : []),
    ...(access.audit ? [{ name: "audit", href: schoolPath(schoolId, "audit"), icon: ScrollText } as const] : []),
  ];
  return [
    overview,
    {
      heading: "communication",
      places: [
        { name: "matrix", href: schoolPath(schoolId, "matrix"), icon: Grid3x3 },
        { name: "approvals", href: schoolPath(schoolId, "approvals"), icon: Stamp },
        ...(access.addressBook
          ? [{ name: "addressbook" as const, href: schoolPath(schoolId, "addressbook"), icon: BookUser }]
          : []),
        { name: "versions", href: schoolPath(schoolId, "versions"), icon: History },
        ...(access.rooms ? [{ name: "rooms", href: schoolPath(schoolId, "rooms"), icon: DoorOpen } as const] : []),
      ],
    },
    ...(administration.length > 0 ? [{ heading: "administration", places: administration } as const] : []),
    ...state,
  ];
}
