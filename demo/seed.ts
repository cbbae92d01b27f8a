// What the demo's state administration has already decided: the two schools are switched on, and its staff have their
// console roles. Whatever was changed in the console since stays.
import type { Database } from "#lib/db/client.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { demoLogins } from "./data/people.ts";
import { emailOf } from "./data/records.ts";
import { LARGE_SCHOOL_ID, schoolPlans, SMALL_SCHOOL_ID } from "./data/schools.ts";

const SWITCHED_ON = new Set([LARGE_SCHOOL_ID, SMALL_SCHOOL_ID]);

export async function switchDemoSchoolsOn(db: Database): Promise<void> {
  const schools = schoolPlans.filter(({ id }) => SWITCHED_ON.has(id));
  await db.school.createMany({
    data: schools.map(({ id, name }) => ({ id, name, stateEnabled: true, schoolEnabled: true })),
    skipDuplicates: true,
  });
}

export async function grantDemoStaff(db: Database): Promise<void> {
  for (const login of demoLogins) {
    const staff = { ...login, email: emailOf(login.username) };
    if (login.consoleRole !== null) await grantConsoleRole(db, staff, login.consoleRole);
  }
}
