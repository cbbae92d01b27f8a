// What a call to Synapse can end in, besides an answer.

/** Synapse answered with an error. Branch on `status` and `errcode`; its text is free and changes. */
export class MatrixCallError extends Error {
  override readonly name = "MatrixCallError";
  readonly status: number;
  readonly errcode: string;
  /** Set for 429 if Synapse named a time. */
  readonly retryAfterMs: number | null;

  constructor(call: string, answer: { status: number; errcode: string; retryAfterMs: number | null }) {
    super(`${call}: ${String(answer.status)} ${answer.errcode}`);
    this.status = answer.status;
    this.errcode = answer.errcode;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** No connection, no answer in time, or an answer of something before Synapse (502, 503, 504). */
export class SynapseUnreachable extends Error {
  override readonly name = "SynapseUnreachable";
}

/** Synapse answered in a form that we do not know. */
export class MatrixAnswerError extends Error {
  override readonly name = "MatrixAnswerError";
}

/** The errcode of what Synapse answered, as it is stored and shown. */
export const problemOf = ({ errcode, status }: MatrixCallError): string => errcode || `HTTP ${String(status)}`;

/** Synapse said no, and would say so again. Null for whatever may end otherwise when it is tried again. */
export function lastingRefusal(error: unknown): MatrixCallError | null {
  return error instanceof MatrixCallError && error.status < 500 && error.status !== 429 ? error : null;
}

/** Null if Synapse knows nothing of what was asked for (404). */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isMatrixError(error, 404)) return null;
    throw error;
  }
}

export function isMatrixError(error: unknown, status: number, errcode?: string): error is MatrixCallError {
  return (
    error instanceof MatrixCallError && error.status === status && (errcode === undefined || error.errcode === errcode)
  );
}
