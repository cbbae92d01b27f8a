// The places of the console in the order of the sidebar. A place that does not exist yet is not listed.
import { Grid3x3, House, ScrollText, Stamp, type LucideIcon } from "lucide-react";
import { schoolPath } from "./paths.ts";

export type PlaceName = "overview" | "matrix" | "approvals" | "audit";
export type Place = { readonly name: PlaceName; readonly href: string; readonly icon: LucideIcon };
export type PlaceGroup = {
  readonly heading: "communication" | "administration" | null;
  readonly places: readonly Place[];
};

export function placeGroups(schoolId: string | null): readonly PlaceGroup[] {
  const overview: PlaceGroup = { heading: null, places: [{ name: "overview", href: "/", icon: House }] };
  if (schoolId === null) return [overview];
  return [
    overview,
    {
      heading: "communication",
      places: [
        { name: "matrix", href: schoolPath(schoolId, "matrix"), icon: Grid3x3 },
        { name: "approvals", href: schoolPath(schoolId, "approvals"), icon: Stamp },
      ],
    },
    {
      heading: "administration",
      places: [{ name: "audit", href: schoolPath(schoolId, "audit"), icon: ScrollText }],
    },
  ];
}
