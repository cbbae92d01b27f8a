// The lines that the one logger writes while a test runs: where an id that somebody was told must be found.
import { pino } from "pino";
import { z } from "zod";
import { log } from "#lib/log/log.ts";

const streamSchema = z.object({ write: z.function({ input: [z.string()], output: z.unknown() }) }).loose();

export type CapturedLog = {
  /** Lines with this text, oldest first. */
  readonly linesWith: (text: string) => string[];
  readonly stop: () => void;
};

/** Takes the lines from the logger's stream until stopped. */
export function captureLog(): CapturedLog {
  const lines: string[] = [];
  const stream: unknown = Reflect.get(log, pino.symbols.streamSym);
  if (!streamSchema.safeParse(stream).success || typeof stream !== "object" || stream === null) {
    throw new TypeError("the logger has no stream to listen to");
  }
  const write: unknown = Reflect.get(stream, "write");
  const { level } = log;
  log.level = "info";
  Reflect.set(stream, "write", (line: string) => void lines.push(line));
  return {
    linesWith: (text) => lines.filter((line) => line.includes(text)),
    stop: () => {
      Reflect.set(stream, "write", write);
      log.level = level;
    },
  };
}
