// The way back to the page above.
import { ArrowLeft } from "lucide-react";
import Link from "next/link";

export function BackLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <Link href={href} className="text-link -ml-1 inline-flex min-h-11 items-center gap-1 px-1">
      <ArrowLeft aria-hidden className="size-5" />
      {children}
    </Link>
  );
}
