// `npm run try -- <from> <to>`: sends the published client's direct chat as a demo user through the public chat address
// and prints what Synapse answered.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { buildDemoDirectory } from "#demo/data/directory.ts";
import { readRunning, type RunningSystem } from "#demo/running.ts";
import { readDemoSettings } from "#lib/env/demo.ts";
import { readTokenFile } from "#lib/env/env.ts";
import { localpartOf, localpartOfUser, matrixUserId } from "#lib/ids/ids.ts";

const TIMEOUT_MS = 30_000;

/** What the person in front of the terminal can do something about. */
class TryError extends Error {
  override readonly name = "TryError";
}

const loginAnswer = z.object({ access_token: z.string() });
const refusal = z.object({ errcode: z.string(), error: z.string() });
const created = z.object({ room_id: z.string() });

type Answer = { readonly status: number; readonly body: unknown };

async function main(): Promise<void> {
  const [from, to, ...rest] = process.argv.slice(2);
  if (from === undefined || to === undefined || rest.length > 0) {
    throw new TryError("Usage: npm run try -- <from> <to>, for example: npm run try -- lena.schroeder emre.oeztuerk");
  }
  const system = readRunning(readDemoSettings(fileURLToPath(new URL("..", import.meta.url))).dataDir);
  if (system === undefined)
    throw new TryError("The system is not running. Please start it with npm start, in another terminal.");
  const [sender, invitee] = [from, to].map((name) => userIdOf(name, system.serverName));
  if (sender === undefined || invitee === undefined) return;
  const accessToken = await signInAs(sender, from, system);
  const answer = await openDirectChat(invitee, accessToken, system);
  console.log(`${sender} invites ${invitee} to a direct chat`);
  print(answer);
}

/** A user name of the demo, a localpart, or a whole Matrix id. */
function userIdOf(name: string, serverName: string): string {
  if (name.startsWith("@") || name.startsWith("u-")) return matrixUserId(localpartOfUser(name), serverName);
  const user = buildDemoDirectory().users.find(({ username }) => username === name);
  if (user === undefined) {
    throw new TryError(
      `There is no demo user "${name}". The table that npm start prints names some, for example lena.schroeder.`,
    );
  }
  return matrixUserId(localpartOf(user.sourcedId), serverName);
}

/** The provisioner may act as anybody: the user's own sign-in would need a browser. */
async function signInAs(
  userId: string,
  name: string,
  { synapseUrl, synapseTokenFile }: RunningSystem,
): Promise<string> {
  const token = readTokenFile(synapseTokenFile);
  if (token === undefined)
    throw new TryError("Synapse is not running, so nobody can be invited. The output of npm start says why.");
  const path = `/_synapse/admin/v1/users/${encodeURIComponent(userId)}/login`;
  const answer = await post(`${synapseUrl}${path}`, token, {});
  const login = loginAnswer.safeParse(answer.body);
  if (login.success) return login.data.access_token;
  const { errcode, error } = refusal.safeParse(answer.body).data ?? { errcode: "", error: "" };
  if (answer.status === 404 || answer.status === 400) {
    throw new TryError(
      `${name} has no account in the chat yet. Please wait until npm start says that provisioning is done. (Synapse: ${errcode} ${error})`,
    );
  }
  throw new TryError(`Synapse gave no access as ${name}: ${String(answer.status)} ${errcode} ${error}`);
}

/** The request of the published client, word for word. */
function openDirectChat(invitee: string, accessToken: string, { chatUrl }: RunningSystem): Promise<Answer> {
  return post(`${chatUrl}/_matrix/client/v3/createRoom`, accessToken, {
    preset: "trusted_private_chat",
    is_direct: true,
    invite: [invitee],
    initial_state: [{ type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
  });
}

async function post(url: string, accessToken: string, body: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new TryError(
      `${new URL(url).origin} does not answer. Is the chat running? The output of npm start says so.`,
      {
        cause: error,
      },
    );
  }
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: { errcode: "not JSON", error: text.slice(0, 200) } };
  }
}

function print({ status, body }: Answer): void {
  const room = created.safeParse(body);
  const refused = refusal.safeParse(body);
  console.log(`  status   ${String(status)}`);
  if (room.success) console.log(`  room     ${room.data.room_id}`);
  if (refused.success) console.log(`  errcode  ${refused.data.errcode}\n  text     ${refused.data.error}`);
  if (!room.success && !refused.success) console.log(`  answer   ${JSON.stringify(body)}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof TryError ? error.message : error);
  process.exitCode = 1;
}
