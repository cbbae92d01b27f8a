// The way back to the page above.
import { ArrowLeft } from "lucide-react";
import { IntentLink } from "./intent-link.tsx";

export function BackLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <IntentLink href={href} className="text-link -ml-1 inline-flex min-h-11 items-center gap-1 px-1">
      <ArrowLeft aria-hidden className="size-5" />
      {children}
    </IntentLink>
  );
}
