// Pages of one school. The frame only shows the way; each page's query decides again what may be read.
import type { ReactNode } from "react";
import { fromSegment } from "#components/shell/paths.ts";
import { Shell } from "#components/shell/shell.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";

type SchoolLayoutProps = { readonly params: Promise<{ schoolId: string }>; readonly children: ReactNode };

export default async function SchoolLayout({ params, children }: SchoolLayoutProps) {
  const principal = await requirePrincipal();
  return (
    <Shell principal={principal} schoolId={fromSegment((await params).schoolId)}>
      {children}
    </Shell>
  );
}
