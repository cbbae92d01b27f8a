// The worker's part of taking reports in, in a process of its own; Synapse is away, so what comes in is shown as not
// yet confirmed.
import { openDatabase } from "#lib/db/client.ts";
import { stepBehindAnswers } from "#lib/jobs/niceness.ts";
import { requestBudget } from "#lib/matrix/budget.ts";
import { workOnReports } from "#lib/reports/work.ts";
import { benchKeys } from "./report-intake.ts";

stepBehindAnswers();
const db = openDatabase(process.env["DATABASE_URL"] ?? "");
const work = workOnReports({
  db,
  keys: benchKeys(),
  serverName: "localhost",
  synapseUrl: "http://127.0.0.1:9",
  tokenFile: "/nonexistent/token",
  budget: requestBudget(1),
});
process.send?.({ port: 0 });
process.once("SIGTERM", () => {
  void work.stop().then(() => process.exit(0));
});
