// The web process' one job sender, kept on globalThis like the database client (lib/db/shared.ts).
import { readEnvironment } from "#lib/env/env.ts";
import { JobSender } from "./boss.ts";

declare global {
  var schulchatJobSender: JobSender | undefined;
}

export function jobSender(): JobSender {
  globalThis.schulchatJobSender ??= new JobSender(readEnvironment("web").DATABASE_URL);
  return globalThis.schulchatJobSender;
}
