// The frame around every page of a signed-in person: places, school, account. What may be read is decided by the
// queries of the pages; this only shows the way.
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { rolesAt, type Principal } from "#lib/auth/principal.ts";
import { AccountMenu } from "./account-menu.tsx";
import { BottomBar } from "./bottom-bar.tsx";
import { Brand } from "./brand.tsx";
import { Footer } from "./footer.tsx";
import { placeAccess } from "./places.ts";
import { readSchools } from "./read-schools.ts";
import { SchoolSwitcher } from "./school-switcher.tsx";
import { Sidebar } from "./sidebar.tsx";
import { SessionWatch } from "#components/session/session-watch.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { countOpenEscalations } from "#lib/reports/escalation-queries.ts";
import { countOpenCases } from "#lib/reports/inbox-queries.ts";
import { SESSION_WARNING_MS } from "#lib/auth/lifetimes.ts";

type ShellProps = {
  readonly principal: Principal;
  /** Null on pages about all schools; then a person's only school is meant, if there is one. */
  readonly schoolId: string | null;
  readonly children: ReactNode;
};

export async function Shell({ principal, schoolId, children }: ShellProps) {
  const t = await getTranslations();
  const listed = await readSchools(principal, schoolId);
  const current = listed.find(({ school }) => school.id === schoolId) ?? (listed.length === 1 ? listed[0] : undefined);
  const currentId = current?.school.id ?? null;
  const [openCases, openEscalations] = await Promise.all([
    countOpenCases(principal),
    currentId === null ? 0 : countOpenEscalations(principal, currentId),
  ]);
  const place = {
    schoolId: currentId,
    open: { reports: openCases, schoolReports: openEscalations },
    hasOpenRequest: (current?.pendingRequestId ?? null) !== null,
    access: placeAccess(principal, currentId),
  };
  const roles = [...(current ? rolesAt(principal, current.school.id) : []), ...principal.consoleRoles];
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only print:hidden rounded-md bg-accent px-4 py-3 font-semibold text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {t("shell.skip")}
      </a>
      <Sidebar {...place} />
      <div className="flex min-w-0 flex-1 flex-col pb-16 lg:pb-0 print:pb-0">
        <header className="sticky top-0 z-20 flex h-16 print:hidden flex-none items-center gap-2 border-b border-line bg-paper px-3 sm:px-6 lg:px-8">
          {current || listed.length > 1 ? null : (
            <IntentLink href="/" className="lg:hidden">
              <Brand />
            </IntentLink>
          )}
          <div className="min-w-0 flex-1">
            <SchoolSwitcher
              schools={listed}
              current={current?.school ?? null}
              mayFindOthers={place.access.stateStaff}
            />
          </div>
          <AccountMenu name={principal.displayName} roles={roles.map((role) => t(`roles.one.${role}`))} />
        </header>
        <div className="flex flex-1 flex-col px-4 py-6 sm:px-6 sm:py-8 lg:px-8 print:p-0">
          <main id="content" tabIndex={-1} className="flex-1 outline-none">
            {children}
          </main>
          <Footer />
        </div>
      </div>
      <BottomBar {...place} />
      <SessionWatch warningMs={SESSION_WARNING_MS} />
    </div>
  );
}
