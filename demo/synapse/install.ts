// Installs the pinned Synapse (deploy/synapse/requirements.txt) into a virtual environment of its own, once.
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SynapseError } from "./error.ts";

const run = promisify(execFile);

const REQUIREMENTS = fileURLToPath(new URL("../../deploy/synapse/requirements.txt", import.meta.url));
const PROBE_TIMEOUT_MS = 30_000;
const VENV_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 900_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export type SynapseInstallation = {
  venvDir: string;
  /** The Python that makes the virtual environment: a command or a path. */
  pythonPath: string;
  log: (message: string) => void;
  /** Ends pip when the system stops meanwhile. */
  signal?: AbortSignal;
};

/**
 * Does nothing if the pinned versions are installed already.
 * @throws {SynapseError} naming what is missing and what to do
 */
export async function ensureSynapseInstalled({ venvDir, pythonPath, log, signal }: SynapseInstallation): Promise<void> {
  const wanted = await readFile(REQUIREMENTS, "utf8");
  const stampFile = join(venvDir, "installed.txt");
  if ((await readFile(stampFile, "utf8").catch(() => undefined)) === wanted) return;

  await checkPython(pythonPath);
  await rm(venvDir, { recursive: true, force: true });
  log("Synapse: creating a Python environment");
  await makeVenv(pythonPath, venvDir, signal);
  log("Synapse: installing from the Python package index (a minute or two, once)");
  await install(venvDir, signal);
  await writeFile(stampFile, wanted);
}

async function checkPython(pythonPath: string): Promise<void> {
  let version: string;
  try {
    const script = "import sys; print('%d.%d' % sys.version_info[:2])";
    version = (await run(pythonPath, ["-c", script], { timeout: PROBE_TIMEOUT_MS })).stdout.trim();
  } catch (error) {
    throw new SynapseError(
      "python-missing",
      `Python could not be run ("${pythonPath}"). Synapse needs Python 3.10 or newer: please install it, on Debian with: apt-get install python3 python3-venv`,
      { cause: error },
    );
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 10)) {
    throw new SynapseError(
      "python-too-old",
      `"${pythonPath}" is Python ${version}, but Synapse needs 3.10 or newer. Please install a newer one and name it in PYTHON.`,
    );
  }
}

async function makeVenv(pythonPath: string, venvDir: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await run(pythonPath, ["-m", "venv", venvDir], { timeout: VENV_TIMEOUT_MS, signal });
  } catch (error) {
    throw new SynapseError(
      "venv-missing",
      `Python cannot create a virtual environment in ${venvDir}. On Debian: apt-get install python3-venv. It said: ${lastLines(error)}`,
      { cause: error },
    );
  }
}

async function install(venvDir: string, signal: AbortSignal | undefined): Promise<void> {
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--prefer-binary"];
  try {
    await run(join(venvDir, "bin", "python"), [...pip, "--requirement", REQUIREMENTS], {
      timeout: INSTALL_TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      signal,
    });
  } catch (error) {
    throw new SynapseError(
      "package-index-unreachable",
      `Synapse could not be installed from the Python package index. Please check the connection to it (or pip's own settings, such as PIP_INDEX_URL) and start again. pip said: ${lastLines(error)}`,
      { cause: error },
    );
  }
}

function lastLines(error: unknown): string {
  const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return output.trim().split("\n").slice(-3).join(" | ");
}
