// Which view of a school's address book is asked for, and what it sees: everybody's, a role's or a person's, under the
// policy in effect or with a draft beside it.
import type { Reader } from "#lib/db/client.ts";
import { proposedCells, type CellEdit } from "#lib/policy/change.ts";
import { openingsOf, toStoredRequest } from "#lib/policy/requests.ts";
import { frameCell } from "#lib/policy/frame.ts";
import type { Role } from "#lib/policy/roles.ts";
import { readSchoolPolicy, type SchoolPolicy } from "#lib/policy/store.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { z } from "zod";
import { rolesOf } from "./masks.ts";
import { nameOf, peopleOf, personRow } from "./people.ts";
import type { Ask, Scope } from "./types.ts";
import { eitherOf, SEES_EVERYBODY, SEES_NOBODY, visibilityOf, type Visibility } from "./visibility.ts";
import { isServed } from "#lib/provisioning/served.ts";

const { sql } = Prisma;

export type AsWish =
  { readonly kind: "role"; readonly role: Role } | { readonly kind: "person"; readonly personId: string };

export type ViewWish = {
  /** Null: the school's administrators, who see everybody. */
  readonly as: AsWish | null;
  /** The open request, or edits that nobody has submitted yet. */
  readonly draft: "request" | readonly CellEdit[] | null;
};

export type SeenAs =
  | { readonly kind: "role"; readonly role: Role }
  | {
      readonly kind: "person";
      readonly id: string;
      readonly name: string;
      readonly roles: readonly Role[];
      readonly isLocked: boolean;
    };

export type View = {
  readonly school: { readonly id: string; readonly name: string; /** the messenger is on */ readonly isOn: boolean };
  readonly version: number;
  readonly as: SeenAs | null;
  readonly draft: "request" | "edits" | null;
  readonly openRequestId: string | null;
  /** What is seen before the draft, after it, and by either. Without a draft all are the same. */
  readonly before: Visibility;
  readonly after: Visibility;
  readonly scope: Scope;
};

export const asking =
  (reader: Reader): Ask =>
  (query) =>
    reader.$queryRaw(query);

/** A person of the school, locked or not; null for everybody else. */
export async function findEntry(ask: Ask, schoolId: string, personId: string) {
  if (personId.includes("\0")) return null;
  const page = sql`SELECT * FROM address_entry e WHERE e.school_id = ${schoolId} AND e.person_id = ${personId}`;
  const rows = await ask(peopleOf(schoolId, page));
  return z.array(personRow).parse(rows)[0] ?? null;
}

async function readOpenRequest(reader: Reader, schoolId: string) {
  const row = await reader.changeRequest.findFirst({
    where: { schoolId, status: "pending", expiresAt: { gt: new Date() } },
    include: { parts: { orderBy: { id: "asc" } } },
  });
  return row && { id: row.id, openings: openingsOf(toStoredRequest(row).parts) };
}

/** Edits of locked cells change nothing. */
function draftCells({ frame, own }: SchoolPolicy, edits: readonly CellEdit[]) {
  return proposedCells(
    frame,
    own,
    edits.filter(({ cell }) => !frameCell(frame, cell).locked),
  );
}

/** Null if there is no such school, or nobody of it whose view is asked for. Permission is the caller's. */
export async function readView(reader: Reader, schoolId: string, wish: ViewWish): Promise<View | null> {
  const school = await reader.school.findUnique({ where: { id: schoolId, leftAt: null } });
  const policy = school && (await readSchoolPolicy(reader, schoolId));
  if (!school || !policy) return null;
  const request = await readOpenRequest(reader, schoolId);
  const head = {
    school: {
      id: school.id,
      name: school.name,
      isOn: isServed(school),
    },
    version: policy.version,
    openRequestId: request?.id ?? null,
  };
  const { as } = wish;
  if (as === null) {
    const visibility = SEES_EVERYBODY;
    const scope = { schoolId, visibility, viewerId: null };
    return { ...head, as: null, draft: null, before: visibility, after: visibility, scope };
  }
  const entry = as.kind === "person" ? await findEntry(asking(reader), schoolId, as.personId) : null;
  if (as.kind === "person" && entry === null) return null;
  const roles = new Set(as.kind === "role" ? [as.role] : rolesOf(entry?.mask ?? 0));
  const isLocked = entry !== null && !entry.active;
  const edits = wish.draft === "request" ? (request?.openings ?? null) : wish.draft;
  const seeing = (cells: SchoolPolicy["cells"]) => (isLocked ? SEES_NOBODY : visibilityOf(cells, roles));
  const before = seeing(policy.cells);
  const after = edits === null ? before : seeing(draftCells(policy, edits));
  return {
    ...head,
    as:
      entry === null
        ? { kind: "role", role: [...roles][0] ?? "teacher" }
        : {
            kind: "person",
            id: entry.id,
            name: nameOf(entry),
            roles: [...roles],
            isLocked,
          },
    draft: edits === null ? null : wish.draft === "request" ? "request" : "edits",
    before,
    after,
    scope: { schoolId, visibility: edits === null ? before : eitherOf(before, after), viewerId: entry?.id ?? null },
  };
}
