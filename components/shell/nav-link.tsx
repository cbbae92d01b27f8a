// A place of the console; it knows whether the reader stands there.
"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

type NavLinkProps = { readonly href: string; readonly className: string; readonly children: ReactNode };

export function NavLink({ href, className, children }: NavLinkProps) {
  const pathname = usePathname();
  const isHere = href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
  return (
    <Link href={href} aria-current={isHere ? "page" : undefined} className={className}>
      {children}
    </Link>
  );
}
