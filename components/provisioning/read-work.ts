// Reads what is under way at a school, for its pages and for the page that asks again.
import { getLocale, getTranslations } from "next-intl/server";
import type { Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { findSchoolRuns } from "#lib/directory/queries.ts";
import { findSyncWork } from "#lib/directory/work-queries.ts";
import { findProgress } from "#lib/provisioning/queries.ts";
import { workState, type WorkState } from "./work-state.ts";

/** Null for a school that is not the principal's to see. */
export async function readWork(db: Database, principal: Principal, schoolId: string): Promise<WorkState | null> {
  const [work, progress, runs] = await Promise.all([
    findSyncWork(db, principal, schoolId),
    findProgress(db, principal, schoolId),
    findSchoolRuns(db, principal, schoolId, { limit: 1, kinds: ["full", "delta", "dryRun"] }),
  ]);
  if (work === null || progress === null) return null;
  const [latest] = runs;
  const writer = { t: await getTranslations(), locale: await getLocale(), now: new Date() };
  return workState(writer, work, progress, [latest?.id ?? null, latest?.outcome ?? null]);
}
