// npm run bench -- <name> [--json]: measures one quality against its baseline. Exits 0 whether the goal is met or not.
import { benchAddressBook } from "#bench/addressbook.ts";
import { benchDiff } from "#bench/diff.ts";
import { benchGate } from "#bench/gate.ts";
import { benchImport } from "#bench/import.ts";
import { benchMessage } from "#bench/message.ts";
import { benchProvision } from "#bench/provision.ts";
import { benchReports } from "#bench/reports.ts";

const benches: Readonly<Record<string, (json: boolean) => Promise<void>>> = {
  addressbook: benchAddressBook,
  diff: benchDiff,
  gate: benchGate,
  import: benchImport,
  message: benchMessage,
  provision: benchProvision,
  reports: benchReports,
};

const [name = "", ...options] = process.argv.slice(2);
const bench = benches[name];
if (bench) {
  await bench(options.includes("--json"));
} else {
  process.stderr.write(`Usage: npm run bench -- <${Object.keys(benches).join("|")}> [--json]\n`);
  process.exit(2);
}
