/** Changes the demo's directory from another process, for journeys: `POST /control` with one of these as JSON. */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { DirectoryHandle } from "./directory-handle.ts";
import { OneRosterError } from "./errors.ts";
import { FAILURES, type Failures } from "./failures.ts";

export const CONTROL_PATH = "/control";
const MAX_BODY_BYTES = 16_384;

const id = z.string().min(1);
const roles = z.enum([
  "teacher",
  "student",
  "guardian",
  "schoolManagement",
  "secretariat",
  "socialWork",
  "parentsCouncil",
  "orgAdmin",
]);
const held = z.array(z.object({ org: id, role: roles })).min(1);

const commandSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("addClass"), schoolId: id, title: id }),
  z.object({ do: z.literal("renameClass"), classId: id, title: id }),
  z.object({ do: z.literal("removeClass"), classId: id }),
  z.object({ do: z.literal("enroll"), classId: id, personId: id, role: z.enum(["teacher", "student"]) }),
  z.object({ do: z.literal("unenroll"), classId: id, personId: id }),
  z.object({ do: z.literal("addPerson"), username: id, givenName: id, familyName: id, roles: held }),
  z.object({ do: z.literal("renamePerson"), personId: id, givenName: id.optional(), familyName: id.optional() }),
  z.object({ do: z.literal("removePerson"), personId: id }),
  z.object({ do: z.literal("setRoles"), personId: id, roles: held }),
  z.object({ do: z.literal("setEnabled"), personId: id, enabled: z.boolean() }),
  z.object({
    do: z.literal("fail"),
    failure: z.enum(FAILURES),
    afterRequests: z.number().int().min(0).optional(),
    forRequests: z.number().int().min(0).optional(),
    pathEnd: z.string().optional(),
  }),
  z.object({ do: z.literal("revokeTokens") }),
  z.object({ do: z.literal("reset") }),
]);
export type ControlCommand = z.infer<typeof commandSchema>;

export type Controlled = {
  readonly directory: DirectoryHandle;
  readonly failures: Failures;
  readonly revokeTokens: () => void;
};

/** @returns what was made, and null for everything else */
export function control(controlled: Controlled, untrusted: unknown): { readonly sourcedId: string } | null {
  const parsed = commandSchema.safeParse(untrusted);
  if (!parsed.success) throw new OneRosterError(400, "invaliddata", z.prettifyError(parsed.error));
  const command = parsed.data;
  const { directory, failures } = controlled;
  switch (command.do) {
    case "addClass":
      return { sourcedId: directory.addClass(command.schoolId, command.title).sourcedId };
    case "addPerson":
      return { sourcedId: directory.addPerson(command).sourcedId };
    case "enroll":
      return { sourcedId: directory.enroll(command.classId, command.personId, command.role).sourcedId };
    case "renameClass":
      directory.renameClass(command.classId, command.title);
      return null;
    case "removeClass":
      directory.removeClass(command.classId);
      return null;
    case "unenroll":
      directory.unenroll(command.classId, command.personId);
      return null;
    case "renamePerson": {
      const { givenName, familyName } = command;
      directory.renamePerson(command.personId, {
        ...(givenName !== undefined && { givenName }),
        ...(familyName !== undefined && { familyName }),
      });
      return null;
    }
    case "removePerson":
      directory.removePerson(command.personId);
      return null;
    case "setRoles":
      directory.setRoles(command.personId, command.roles);
      return null;
    case "setEnabled":
      directory.setEnabled(command.personId, command.enabled);
      return null;
    case "fail":
      failures.set(command.failure, command);
      return null;
    case "revokeTokens":
      controlled.revokeTokens();
      return null;
    case "reset":
      directory.reset();
      failures.set("none");
      return null;
    default:
      return command satisfies never;
  }
}

export async function readCommand(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.setEncoding("utf8")) {
    const bytes = Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new OneRosterError(400, "invaliddata", "The command is too large.");
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new OneRosterError(400, "invaliddata", "The command is no JSON.");
  }
}
