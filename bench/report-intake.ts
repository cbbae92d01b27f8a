// A report intake for the benches, with a key and a spool folder of its own.
import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReportIntake } from "#lib/gate/report-intake.ts";
import { openReportPool } from "#lib/gate/report-pool.ts";
import { KEY_BYTES, type KeyRing } from "#lib/reports/sealing.ts";

/** A bench with a worker beside the gate names a key and a folder for both. */
export function benchKeys(): KeyRing {
  const { BENCH_KEY: key } = process.env;
  return [{ id: "bench", secret: key === undefined ? randomBytes(KEY_BYTES) : Buffer.from(key, "base64") }];
}

export async function openReportIntake(databaseUrl: string): Promise<ReportIntake> {
  return await ReportIntake.open({
    pool: openReportPool(databaseUrl, 2),
    keys: benchKeys(),
    spoolFolder: process.env["BENCH_SPOOL"] ?? (await mkdtemp(join(tmpdir(), "schulchat-spool-"))),
    spoolLimitBytes: 512 * 1024 * 1024,
    limits: { perReporter: 1_000_000, tokenlessPerAddress: 1_000_000, bytesPerAddress: 1_000_000_000_000 },
  });
}
