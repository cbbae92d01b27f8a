// What of the messages could not be used: kept with its reason until a later message about the same thing succeeds.
import type { Reader, Transaction } from "#lib/db/client.ts";

const SOURCE = "amqp";
/** Nobody has asked about it for so long. */
const KEPT_DAYS = 90;
/** A broken sender may be wrong about every record; of each queue these many are kept. */
const MAX_KEPT = 1_000;

export type IntakeProblem = {
  /** The room or person that it is about, or a hash of a message that cannot be read. */
  readonly about: string;
  readonly recordType: "message" | "room" | "member" | "user";
  readonly recordId: string;
  readonly reason: string;
};

export type Feed = { readonly queue: string; readonly schoolId: string };

/** The problems about `about` are now these, and no others. */
export async function replaceProblems(
  tx: Transaction,
  feed: Feed,
  about: string,
  problems: readonly Omit<IntakeProblem, "about">[],
  { deadLettered }: { readonly deadLettered: boolean } = { deadLettered: false },
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM intake_problem
    WHERE source = ${SOURCE} AND feed = ${feed.queue} AND about = ${about} AND NOT EXISTS (
      SELECT FROM unnest(${problems.map((one) => one.recordType)}::text[], ${problems.map((one) => one.recordId)}::text[],
        ${problems.map((one) => one.reason)}::text[]) AS now_there (record_type, record_id, reason)
      WHERE (now_there.record_type, now_there.record_id, now_there.reason)
        = (intake_problem.record_type, intake_problem.record_id, intake_problem.reason))`;
  await addProblems(
    tx,
    feed,
    problems.map((problem) => ({ ...problem, about })),
    { deadLettered },
  );
}

export async function addProblems(
  tx: Transaction,
  { queue, schoolId }: Feed,
  problems: readonly IntakeProblem[],
  { deadLettered }: { readonly deadLettered: boolean } = { deadLettered: false },
): Promise<void> {
  if (problems.length === 0) return;
  const column = (key: keyof IntakeProblem): string[] => problems.map((problem) => problem[key]);
  await tx.$executeRaw`
    INSERT INTO intake_problem (source, feed, school_id, about, record_type, record_id, reason, dead_lettered)
    SELECT DISTINCT ${SOURCE}, ${queue}, ${schoolId}, about, record_type, record_id, reason, ${deadLettered}::boolean
    FROM unnest(${column("about")}::text[], ${column("recordType")}::text[], ${column("recordId")}::text[],
      ${column("reason")}::text[]) AS found (about, record_type, record_id, reason)
    ON CONFLICT (source, feed, about, record_type, record_id, reason)
      DO UPDATE SET last_at = now(), dead_lettered = EXCLUDED.dead_lettered, school_id = EXCLUDED.school_id`;
  await tx.$executeRaw`
    DELETE FROM intake_problem WHERE source = ${SOURCE} AND feed = ${queue} AND (
      last_at < now() - make_interval(days => ${KEPT_DAYS}::int) OR id IN (
        SELECT id FROM intake_problem WHERE source = ${SOURCE} AND feed = ${queue}
        ORDER BY last_at DESC, id DESC OFFSET ${MAX_KEPT}))`;
}

/** Their names are known now. */
export async function forgetUnnamed(tx: Transaction, { queue }: Feed, userIds: readonly string[]): Promise<void> {
  await tx.intakeProblem.deleteMany({
    where: { source: SOURCE, feed: queue, about: { in: [...userIds] }, reason: "nameUnknown" },
  });
}

/** The newest first. Beside what messages got wrong: people of the directory who are in a room but not at its school. */
export async function findIntakeProblems(reader: Reader, schoolId: string, limit = 200) {
  const [problems, strangers] = await Promise.all([
    reader.intakeProblem.findMany({ where: { schoolId }, orderBy: [{ lastAt: "desc" }, { id: "desc" }], take: limit }),
    reader.groupMember.findMany({
      where: {
        group: { schoolId, source: "amqp", leftAt: null },
        person: { source: { not: "amqp" }, affiliations: { none: { schoolId } } },
      },
      select: { groupId: true, personId: true },
      orderBy: [{ groupId: "asc" }, { personId: "asc" }],
      take: limit,
    }),
  ]);
  return { problems, strangers };
}
