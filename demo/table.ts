// The table at the end of `npm start`: addresses, and whom to sign in as for every console role and every role of the
// matrix.
import { ROLES, type Role } from "#lib/policy/roles.ts";
import { demoLogins, type DemoLogin } from "./data/people.ts";
import { schoolPlans } from "./data/schools.ts";

export type Row = readonly [first: string, second: string, third?: string];

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  teacher: "teacher",
  student: "pupil",
  guardian: "guardian",
  schoolManagement: "school management",
  secretariat: "secretariat",
  socialWork: "social work",
  parentsCouncil: "parents' council",
  orgAdmin: "organisation admin",
};

/** Roles of the console, and who shows each. */
const CONSOLE_ROLES: readonly { readonly title: string; readonly has: (login: DemoLogin) => boolean }[] = [
  { title: "organisation admin", has: (login) => holds(login, "orgAdmin") },
  { title: "school management", has: (login) => holds(login, "schoolManagement") },
  { title: "support", has: (login) => login.consoleRole === "support" },
  { title: "state administration", has: (login) => login.consoleRole === "landAdmin" },
];

const holds = (login: DemoLogin, role: Role): boolean => login.roles.some((held) => held.role === role);

function place({ schools }: DemoLogin): string {
  return schools.map((id) => schoolPlans.find((plan) => plan.id === id)?.name ?? id).join(", ");
}

const describe = (login: DemoLogin): string => [login.displayName, place(login)].filter(Boolean).join(" · ");

export function consoleLogins(): Row[] {
  return CONSOLE_ROLES.flatMap(({ title, has }) =>
    demoLogins.filter(has).map((login, index): Row => [index === 0 ? title : "", login.username, describe(login)]),
  );
}

/** People with that role and, where there is one, no other: what they may do shows the row of the matrix. */
export function chatUsers(): Row[] {
  return ROLES.flatMap((role) => {
    const holders = demoLogins.filter((login) => holds(login, role));
    const pure = holders.filter(({ roles }) => roles.length === 1);
    const shown = (pure.length > 0 ? pure : holders).slice(0, 2);
    return shown.map((login, index): Row => [index === 0 ? ROLE_NAMES[role] : "", login.username, describe(login)]);
  });
}

/** The first column is as wide in every section, the second as its section needs. */
export function formatTable(sections: readonly { readonly title: string; readonly rows: readonly Row[] }[]): string {
  const widest = (rows: readonly Row[], column: number): number =>
    Math.max(...rows.map((row) => (row.length > column + 1 ? (row[column]?.length ?? 0) : 0)));
  const first = widest(
    sections.flatMap(({ rows }) => rows),
    0,
  );
  return sections
    .map(({ title, rows }) => {
      const widths = [first, widest(rows, 1)];
      const format = (row: Row): string =>
        `  ${row.map((text, column) => (text ?? "").padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
      return ["", title, ...rows.map(format)].join("\n");
    })
    .join("\n");
}
