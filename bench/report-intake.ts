// A report intake for the benches, with a key and a spool folder of its own.
import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReportIntake } from "#lib/gate/report-intake.ts";
import { openReportPool } from "#lib/gate/report-pool.ts";
import { KEY_BYTES } from "#lib/reports/sealing.ts";

export async function openReportIntake(databaseUrl: string): Promise<ReportIntake> {
  return await ReportIntake.open({
    pool: openReportPool(databaseUrl, 2),
    keys: [{ id: "bench", secret: randomBytes(KEY_BYTES) }],
    spoolFolder: await mkdtemp(join(tmpdir(), "schulchat-spool-")),
    spoolLimitBytes: 64 * 1024 * 1024,
    perAddressAMinute: 1_000_000,
  });
}
