// Cases in a test's database as the intake leaves them: one report each, with its parties.
import { randomUUID } from "node:crypto";
import type { Database } from "#lib/db/client.ts";
import { dueAt, SEVERITY_OF } from "#lib/reports/case-life.ts";
import { seal, type KeyRing } from "#lib/reports/sealing.ts";
import { writeReport, type FoundReport } from "#lib/reports/sorting.ts";
import type { CaseSeverity, ReportCategory } from "#prisma/generated/enums.ts";

export const CASE_KEYS: KeyRing = [{ id: "test", secret: new Uint8Array(32).fill(7) }];
const SERVER = "chat.test";

export const userOf = (personId: string): string => `@u-${personId}:${SERVER}`;

type Wish = {
  /** Ids of persons made by addPerson. */
  readonly reporter?: string;
  readonly reported?: string;
  readonly reason?: string;
  readonly room?: string;
  readonly at?: Date;
  readonly event?: object;
  readonly picture?: Buffer;
};

/** Through the same door as the intake. @returns the case's id */
export async function addReport(db: Database, wish: Wish = {}): Promise<{ caseId: string; reportId: string }> {
  const { reporter, reported, reason = "Er beleidigt mich", room, at = new Date(), event, picture } = wish;
  const found: FoundReport = {
    id: randomUUID(),
    kind: "event",
    channel: "gate",
    standing: "verified",
    problem: null,
    receivedAt: at,
    forwardedAt: at,
    reason,
    schoolHint: "",
    reporterUserId: reporter === undefined ? null : userOf(reporter),
    reportedUserId: reported === undefined ? null : userOf(reported),
    roomId: room ?? `!${randomUUID()}:${SERVER}`,
    eventId: `$${randomUUID()}`,
    snapshot: null,
    evidence: [
      ...(event
        ? [{ kind: "event", mediaType: "application/json", content: Buffer.from(JSON.stringify(event)) } as const]
        : []),
      ...(picture ? [{ kind: "screenshot", mediaType: "image/webp", content: picture } as const] : []),
    ],
    synapseId: null,
  };
  return await db.$transaction((tx) => writeReport(tx, CASE_KEYS, found));
}

type Row = {
  readonly severity?: CaseSeverity;
  readonly category?: ReportCategory;
  readonly schoolId?: string;
  readonly createdAt?: Date;
};

/** A bare row of the inbox, without reports. */
export async function addCase(db: Database, row: Row = {}): Promise<string> {
  const { category = "bullying", createdAt = new Date(), schoolId = null } = row;
  const severity = row.severity ?? SEVERITY_OF[category];
  const { id } = await db.reportCase.create({
    data: {
      category,
      severity,
      schoolId,
      createdAt,
      lastReportAt: createdAt,
      changedAt: createdAt,
      dueAt: dueAt(createdAt, severity),
    },
    select: { id: true },
  });
  return id;
}

/** Evidence under a key that nobody has any more. */
export async function addLostEvidence(db: Database, reportId: string): Promise<string> {
  const lost: KeyRing = [{ id: "gone", secret: new Uint8Array(32).fill(1) }];
  const { keyId, bytes } = seal(lost, reportId, Buffer.from("{}"));
  const { id } = await db.reportEvidence.create({
    data: { reportId, kind: "event", mediaType: "application/json", keyId, sealed: bytes, bytes: 2 },
  });
  return id;
}
