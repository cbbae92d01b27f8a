// Leads to the same place at another school, so that whoever compares two schools does not start over.
"use client";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { placeAtSchool } from "./paths.ts";

type SwitchLinkProps = {
  readonly schoolId: string;
  readonly isCurrent: boolean;
  readonly className: string;
  readonly children: ReactNode;
};

export function SwitchLink({ schoolId, isCurrent, className, children }: SwitchLinkProps) {
  return (
    // a full load: a popover stays open over a soft navigation
    <a
      href={placeAtSchool(usePathname(), schoolId)}
      aria-current={isCurrent ? "true" : undefined}
      className={className}
    >
      {children}
    </a>
  );
}
