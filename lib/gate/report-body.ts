// Reads what a client sends as a report, as far as it arrives, and decides what is kept of it: of a body that is too
// large, broken off or one of a flood, what was typed is still there, at its beginning or at its end.
import type { IncomingMessage } from "node:http";
import { log } from "#lib/log/log.ts";
import { textAlone, type TakenReport } from "#lib/reports/intake.ts";
import type { Share } from "./report-limits.ts";

/** As much as Synapse takes of any request. */
const KEPT_BODY_BYTES = 13 * 1024 * 1024;
/** Holds the longest text that is kept, every character written as an escape; what is smaller is not worth cutting. */
export const END_BYTES = 64 * 1024;
/** A phone in a staircase may take this long to hand in its screenshot. */
const BODY_TIMEOUT_MS = 60_000;

export type Arrived = {
  readonly state: "whole" | "tooLarge" | "broken";
  /** Empty unless whole. */
  readonly content: Buffer;
  /** The first and the last bytes; they may overlap. */
  readonly head: Buffer;
  readonly tail: Buffer;
};

/** Resolves in any case: a report whose content breaks off is one all the same. */
export async function readReport(request: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let [head, tail] = [Buffer.alloc(0), Buffer.alloc(0)];
  let isBroken = false;
  const timer = setTimeout(() => request.destroy(new Error("the report did not arrive in time")), BODY_TIMEOUT_MS);
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (head.length < END_BYTES) head = Buffer.concat([head, chunk]).subarray(0, END_BYTES);
      tail = Buffer.concat([tail, chunk]).subarray(-END_BYTES);
      // read to the end all the same: a connection closed in the middle would swallow the answer
      if (bytes > KEPT_BODY_BYTES) chunks.length = 0;
      else chunks.push(chunk);
    }
  } catch (error) {
    // which message was reported is known from the address
    log.warn({ err: error, bytes }, "the content of a report did not arrive whole");
    isBroken = true;
  } finally {
    clearTimeout(timer);
  }
  if (isBroken) return { state: "broken", content: Buffer.alloc(0), head, tail };
  if (bytes > KEPT_BODY_BYTES) return { state: "tooLarge", content: Buffer.alloc(0), head, tail };
  return { state: "whole", content: Buffer.concat(chunks), head, tail };
}

/** What stands in the sealed report, and what is missing in it. Pure. */
export function keptOf({ state, content, head, tail }: Arrived, share: Share): Pick<TakenReport, "body" | "problem"> {
  if (state === "whole" && (share === "whole" || content.length <= END_BYTES)) {
    return { body: content.toString("utf8"), problem: null };
  }
  const body = textAlone(head.toString("utf8"), tail.toString("utf8"));
  if (state === "broken") return { body, problem: "bodyIncomplete" };
  if (body === null) return { body, problem: "bodyTooLarge" };
  return { body, problem: state === "tooLarge" ? "screenshotTooLarge" : "screenshotLeftOut" };
}
