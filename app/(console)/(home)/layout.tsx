// Pages about all of a person's schools.
import type { ReactNode } from "react";
import { Shell } from "#components/shell/shell.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";

export default async function HomeLayout({ children }: { readonly children: ReactNode }) {
  return (
    <Shell principal={await requirePrincipal()} schoolId={null}>
      {children}
    </Shell>
  );
}
