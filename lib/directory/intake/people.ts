// Whom an id of a foreign source means: which rules an operator can choose, and what a Matrix id of ours says. Pure.
import { z } from "zod";
import { localpartOfUser, PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";

/** Which column of a person the source's id equals. */
export const matchSchema = z.enum(["subject", "directoryId", "username"]);
export type Match = z.infer<typeof matchSchema>;

export type NamedPerson =
  | {
      readonly userId: string;
      readonly localpart: string;
      /** What is looked for among the people we know. */
      readonly key: string;
    }
  | { readonly reason: "foreignServer" | "invalidLocalpart" | "reservedLocalpart" };

/** Matrix specification, "User identifiers"; upper case only in old accounts, which Synapse does not make any more. */
const LOCALPART = /^[a-z0-9._=/+-]+$/;

/** @param prefix before the person's id in the localpart, e.g. `sso_` */
export function readUserId(
  userId: string,
  options: { readonly prefix: string; readonly serverName: string },
): NamedPerson {
  const localpart = localpartOfUser(userId);
  if (userId !== `@${localpart}:${options.serverName}`) return { reason: "foreignServer" };
  if (!LOCALPART.test(localpart)) return { reason: "invalidLocalpart" };
  // nobody gets our own account by a message
  if (localpart === PROVISIONER_LOCALPART) return { reason: "reservedLocalpart" };
  const key = localpart.startsWith(options.prefix) ? localpart.slice(options.prefix.length) : localpart;
  return key === "" ? { reason: "invalidLocalpart" } : { userId, localpart, key };
}

/**
 * Localparts that a message may name but never bring into the world: those that the directory's ids lead to, which would
 * take a person's account away before the directory names the person, and plain numbers, which are Synapse's guests.
 */
export function isForMessages(localpart: string): boolean {
  return !localpart.startsWith("u-") && !/^[0-9]+$/.test(localpart);
}

/** Id of a person whom only messages know; under the rule "directoryId" the directory later finds its own person. */
export function newPersonId(key: string, localpart: string, match: Match): string {
  return match === "directoryId" ? key : `amqp:${localpart}`;
}
