// The web process' one database client. Kept on globalThis, because the bundler may load this module
// once for pages and once for route handlers.
import { readEnvironment } from "#lib/env/env.ts";
import { openDatabase, type Database } from "./client.ts";

declare global {
  var schulchatDatabase: Database | undefined;
}

/** Opened at first use, so that a build needs no database. */
export function database(): Database {
  globalThis.schulchatDatabase ??= openDatabase(readEnvironment("web").DATABASE_URL);
  return globalThis.schulchatDatabase;
}
