// The places of the console in the order of the sidebar. A place that does not exist yet is not listed.
import {
  BookUser,
  Grid3x3,
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
  "overview" | "matrix" | "approvals" | "addressbook" | "audit" | "frame" | "consoleRoles" | "stateAudit" | "ownAudit";
export type Place = { readonly name: PlaceName; readonly href: string; readonly icon: LucideIcon };
export type PlaceGroup = {
  readonly heading: "communication" | "administration" | "state" | null;
  readonly places: readonly Place[];
};

/** Which places the person may enter; what is shown there is decided there. */
export type PlaceAccess = {
  readonly addressBook: boolean;
  readonly audit: boolean;
  readonly landAdmin: boolean;
  readonly stateStaff: boolean;
};

export function placeAccess(principal: Principal, schoolId: string | null): PlaceAccess {
  return {
    addressBook: schoolId !== null && mayEditSchool(principal, schoolId),
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
        ...(access.addressBook
          ? [{ name: "addressbook" as const, href: schoolPath(schoolId, "addressbook"), icon: BookUser }]
          : []),
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
