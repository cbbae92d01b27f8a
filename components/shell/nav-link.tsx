// A place of the console; it knows whether the reader stands there.
"use client";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { isAt } from "./paths.ts";

type NavLinkProps = { readonly href: string; readonly className: string; readonly children: ReactNode };

export function NavLink({ href, className, children }: NavLinkProps) {
  const pathname = usePathname();
  return (
    <IntentLink href={href} aria-current={isAt(pathname, href) ? "page" : undefined} className={className}>
      {children}
    </IntentLink>
  );
}
