// Pages of one school. Another's school is not there, said before anything is sent so that the status is 404 as well;
// each page's query decides again what may be read.
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { fromSegment } from "#components/shell/paths.ts";
import { Shell } from "#components/shell/shell.tsx";
import { maySeeSchool } from "#lib/auth/principal.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type SchoolLayoutProps = { readonly params: Promise<{ schoolId: string }>; readonly children: ReactNode };

export default async function SchoolLayout({ params, children }: SchoolLayoutProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  if (!maySeeSchool(principal, schoolId)) notFound();
  return (
    <Shell principal={principal} schoolId={schoolId}>
      {children}
    </Shell>
  );
}
