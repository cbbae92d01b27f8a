// The probe from outside: sends each request that must be closed to the public address and tells what is open. It runs
// against the Node proxy, nginx, and any real installation.
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import {
  type Check,
  errcodeOf,
  type ProbeAnswer,
  probeChecks,
  type ProbeRequest,
  type ProbeSubject,
} from "./probe-checks.ts";

export type ProbeOptions = {
  readonly baseUrl: string;
  readonly accessToken: string;
  /** For each request; 10 s by default. */
  readonly timeoutMs?: number;
} & ProbeSubject;

export type ProbeResult = {
  readonly closing: string;
  readonly request: string;
  readonly expected: string;
  /** Status and errcode, or why there was no answer. */
  readonly got: string;
  readonly closed: boolean;
};

const answerLimitBytes = 1024 * 1024;

async function readJson(response: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > answerLimitBytes) throw new Error("The answer is longer than 1 MB.");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Sends the path as it stands; fetch would resolve dot segments and encoded letters before sending. */
function ask(options: ProbeOptions, { method, path, body, anonymous }: ProbeRequest): Promise<ProbeAnswer> {
  const base = new URL(options.baseUrl);
  const { request } = base.protocol === "https:" ? https : http;
  const content = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname: base.hostname,
      port: base.port,
      method,
      path,
      signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
      headers: {
        ...(anonymous === true ? {} : { Authorization: `Bearer ${options.accessToken}` }),
        ...(content === undefined
          ? {}
          : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(content) }),
      },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      readJson(response).then((json) => {
        resolve({ status: response.statusCode ?? 0, json });
      }, reject);
    });
    outgoing.end(content);
  });
}

async function runCheck(options: ProbeOptions, check: Check): Promise<ProbeResult> {
  const judged = check.requests.at(-1);
  const result = {
    closing: check.closing,
    request: `${judged?.method ?? ""} ${judged?.path ?? ""}`,
    expected: check.expected,
  };
  try {
    let answer: ProbeAnswer = { status: 0, json: undefined };
    for (const request of check.requests) answer = await ask(options, request);
    const got = `${String(answer.status)} ${errcodeOf(answer)}`.trim();
    return { ...result, got, closed: check.isClosed(answer) };
  } catch (error) {
    return { ...result, got: error instanceof Error ? error.message : String(error), closed: false };
  }
}

/** One result per closing, in the order of the checks; whatever could not be asked counts as open. */
export async function runProbe(options: ProbeOptions): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const check of probeChecks(options)) results.push(await runCheck(options, check));
  return results;
}
