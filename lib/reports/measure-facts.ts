// Reads what the rules of measures judge by: the case's verified reports, its room, and what was done already.
import type { Reader } from "#lib/db/client.ts";
import { localpartOfUser, matrixUserId, NOTICES_LOCALPART, PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";
import { isInForce, type CaseFacts, type MeasureRecord } from "./measure-rules.ts";
import { mediaOf } from "./media.ts";
import { CannotOpenError, open, type KeyRing } from "./sealing.ts";
import { snapshotSchema } from "./snapshot.ts";

export type FactTools = { readonly keys: KeyRing; readonly serverName: string };

/** Messages of one case that a measure may name at once. */
const MOST_EVENTS = 50;
const MOST_REPORTERS = 200;

type StoredEvent = { readonly sealed: Uint8Array; readonly keyId: string };

/** The stored event of a report; null if it cannot be opened (any more). */
export function readEvent(keys: KeyRing, reportId: string, stored: StoredEvent): unknown {
  try {
    const { keyId, sealed } = stored;
    return JSON.parse(open(keys, reportId, { keyId, bytes: Uint8Array.from(sealed) }).toString("utf8"));
  } catch (error) {
    if (error instanceof CannotOpenError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Null for a case that is not there, or has nothing left to act on. */
export async function readCaseFacts(reader: Reader, tools: FactTools, caseId: string): Promise<CaseFacts | null> {
  const found = await reader.reportCase.findUnique({
    where: { id: caseId, mergedIntoId: null, erasedAt: null },
    select: { roomId: true, roomName: true, reportedUserId: true },
  });
  if (found === null) return null;
  const reports = await reader.report.findMany({
    where: { caseId, standing: "verified" },
    orderBy: { receivedAt: "asc" },
    select: { id: true, eventId: true, reporterUserId: true },
  });
  const snapshots = await reader.report.findMany({
    where: { caseId, snapshot: { not: { equals: null } } },
    orderBy: { receivedAt: "desc" },
    select: { snapshot: true },
    take: 1,
  });
  const measures = await readMeasures(reader, { caseId });
  const { roomId, roomName, reportedUserId } = found;
  const ofPerson = reportedUserId === null ? [] : await readMeasures(reader, { target: reportedUserId });
  const ofPersonHere =
    reportedUserId === null || roomId === null
      ? []
      : await readMeasures(reader, { target: reportedUserId, case: { roomId } });
  const managed = roomId === null ? 0 : await reader.managedRoom.count({ where: { roomId } });
  return {
    roomId,
    roomName,
    isManagedRoom: managed > 0,
    memberCount: snapshotSchema.safeParse(snapshots[0]?.snapshot).data?.memberCount ?? null,
    reportedUserId,
    isReportedOurs: reportedUserId !== null && isPersons(reportedUserId, tools.serverName),
    reporterUserIds: distinct(reports.map(({ reporterUserId }) => reporterUserId)).slice(0, MOST_REPORTERS),
    events: await readEvents(reader, tools, reports),
    hasVerifiedReport: reports.length > 0,
    measures,
    isSuspended: isInForce(ofPerson, "suspend", "liftSuspension"),
    isLocked: isInForce(ofPerson, "lock", "unlock"),
    isRemoved: isInForce(ofPersonHere, "removeFromRoom", "letBackIn"),
  };
}

const distinct = (ids: readonly (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];

function isPersons(userId: string, serverName: string): boolean {
  const localpart = localpartOfUser(userId);
  const isService = localpart === PROVISIONER_LOCALPART || localpart === NOTICES_LOCALPART;
  return !isService && userId === matrixUserId(localpart, serverName);
}

type MeasuresOf =
  { readonly caseId: string } | { readonly target: string; readonly case?: { readonly roomId: string } };

async function readMeasures(reader: Reader, where: MeasuresOf): Promise<MeasureRecord[]> {
  return await reader.caseMeasure.findMany({
    where,
    orderBy: [{ requestedAt: "asc" }, { id: "asc" }],
    select: { kind: true, target: true, state: true, requestedAt: true },
  });
}

async function readEvents(
  reader: Reader,
  { keys, serverName }: FactTools,
  reports: readonly { readonly id: string; readonly eventId: string | null }[],
): Promise<CaseFacts["events"]> {
  const firstOf = new Map<string, string>();
  for (const { id, eventId } of reports) if (eventId !== null && !firstOf.has(eventId)) firstOf.set(eventId, id);
  const chosen = [...firstOf].slice(0, MOST_EVENTS);
  const evidence = await reader.reportEvidence.findMany({
    where: { kind: "event", reportId: { in: chosen.map(([, reportId]) => reportId) } },
    select: { reportId: true, sealed: true, keyId: true },
  });
  return chosen.map(([id, reportId]) => {
    const stored = evidence.find((one) => one.reportId === reportId);
    const event = stored === undefined ? null : readEvent(keys, reportId, stored);
    return { id, media: event === null ? null : mediaOf(event, serverName).length };
  });
}
