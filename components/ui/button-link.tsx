// A link that looks like a button: it leads somewhere and changes nothing.
import Link from "next/link";
import type { ReactNode } from "react";
import { buttonClass, type ButtonKind } from "./classes.ts";

type ButtonLinkProps = {
  readonly href: string;
  readonly kind?: ButtonKind;
  readonly className?: string;
  readonly children: ReactNode;
};

export function ButtonLink({ href, kind = "secondary", className, children }: ButtonLinkProps) {
  return (
    <Link href={href} className={buttonClass(kind, className)}>
      {children}
    </Link>
  );
}
