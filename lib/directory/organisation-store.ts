// Organisations that are no schools, as the lists of them have said so far: a list of changes, and the sync of one
// school, name people of departments and not whose departments these are.
import type { Reader, Transaction } from "#lib/db/client.ts";
import type { Pulled } from "#lib/oneroster/client.ts";
import type { OneRosterSchool } from "#lib/oneroster/records.ts";
import { SOURCE } from "./difference.ts";
import type { Organisation } from "./organisations.ts";

export async function readStoredOrganisations(reader: Reader): Promise<readonly Organisation[]> {
  const rows = await reader.syncOrganisation.findMany({
    where: { source: SOURCE },
    select: { id: true, parentId: true },
  });
  return rows.map((row) => ({ ...row, isSchool: false }));
}

/**
 * What is known after a list.
 * @param isWhole whether an organisation that the list does not name has gone
 */
export function organisationsAfter(
  stored: readonly Organisation[],
  { records, problems }: Pulled<OneRosterSchool>,
  isWhole: boolean,
): readonly Organisation[] {
  const named = new Set(records.map(({ id }) => id));
  const unreadable = new Set(problems.map(({ recordId }) => recordId));
  const isKept = ({ id }: Organisation): boolean =>
    !named.has(id) && (!isWhole || unreadable.has(id) || unreadable.has(""));
  return [...stored.filter(isKept), ...records.filter(({ active }) => active)];
}

/** Only the rows that differ. */
export async function writeOrganisations(tx: Transaction, organisations: readonly Organisation[]): Promise<void> {
  const below = organisations.filter(({ isSchool }) => !isSchool);
  const ids = below.map(({ id }) => id);
  await tx.$executeRaw`DELETE FROM sync_organisation WHERE source = ${SOURCE} AND id <> ALL(${ids}::text[])`;
  if (below.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO sync_organisation (source, id, parent_id)
    SELECT ${SOURCE}, id, parent_id FROM unnest(${ids}::text[], ${below.map(({ parentId }) => parentId)}::text[])
      AS listed (id, parent_id)
    ON CONFLICT (source, id) DO UPDATE SET parent_id = EXCLUDED.parent_id
      WHERE sync_organisation.parent_id IS DISTINCT FROM EXCLUDED.parent_id`;
}
