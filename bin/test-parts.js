// Which real parts the tests need, and which of them this machine lacks.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ROOT } from "./setup.js";

const PROBE_TIMEOUT_MS = 120_000;
/** Debian keeps servers where only root's PATH looks. */
const FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** @type {{ name: string, neededBy: string[], isThere: () => boolean }[]} */
const PARTS = [
  {
    name: "Chromium",
    neededBy: ["browser"],
    isThere: () => ["chromium", "chromium-browser", "google-chrome"].some(isProgram),
  },
  { name: "nginx", neededBy: ["integration"], isThere: () => isProgram("nginx") },
  { name: "RabbitMQ", neededBy: ["integration"], isThere: () => isProgram("rabbitmq-server") },
  { name: "OpenLDAP", neededBy: ["integration"], isThere: () => isProgram("slapd") && isProgram("ldapmodify") },
  { name: "Redis", neededBy: ["integration"], isThere: () => isProgram("redis-server") },
  { name: "Python 3.10 or newer with venv", neededBy: ["integration", "refusals", "browser"], isThere: canMakeVenv },
];

/**
 * PostgreSQL is no part of the system: it comes with the dependencies.
 * @param {readonly string[]} leftOut parts of the tests that are left out
 */
export function missingParts(leftOut) {
  return PARTS.filter(({ neededBy }) => neededBy.some((part) => !leftOut.includes(part)))
    .filter(({ isThere }) => !isThere())
    .map(({ name }) => name);
}

/** @param {string} name */
function isProgram(name) {
  return FOLDERS.some((folder) => folder !== "" && existsSync(join(folder, name)));
}

/** By making one: Debian has a Python whose venv module only says that it is missing. */
function canMakeVenv() {
  if (existsSync(join(ROOT, ".cache", "synapse-venv", "installed.txt"))) return true;
  const python = process.env["PYTHON"] ?? "python3";
  const version = "import sys; sys.exit(sys.version_info < (3, 10))";
  if (spawnSync(python, ["-c", version], { timeout: PROBE_TIMEOUT_MS }).status !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "schulchat-venv-"));
  try {
    return spawnSync(python, ["-m", "venv", join(folder, "venv")], { timeout: PROBE_TIMEOUT_MS }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
