// A link that looks like a button: it leads somewhere and changes nothing.
import type { ReactNode } from "react";
import { buttonClass, type ButtonKind } from "./classes.ts";
import { IntentLink } from "./intent-link.tsx";

type ButtonLinkProps = {
  readonly href: string;
  readonly kind?: ButtonKind;
  readonly className?: string;
  readonly children: ReactNode;
};

export function ButtonLink({ href, kind = "secondary", className, children }: ButtonLinkProps) {
  return (
    <IntentLink href={href} className={buttonClass(kind, className)}>
      {children}
    </IntentLink>
  );
}
