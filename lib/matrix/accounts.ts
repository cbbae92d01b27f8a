// Accounts of people. An interface, because with the Matrix Authentication Service accounts are kept there instead.
import { z } from "zod";
import type { MatrixUserId } from "#lib/ids/ids.ts";
import { path, type MatrixConnection } from "./connection.ts";
import { isMatrixError } from "./errors.ts";

export type Account = {
  readonly displayName: string;
  readonly locked: boolean;
  readonly deactivated: boolean;
  /** Subjects of our identity provider that may log in to this account. */
  readonly subjects: readonly string[];
  /** Somebody linked the account to another provider. */
  readonly hasForeignLogin: boolean;
};

export type AccountChange = {
  readonly displayName?: string;
  readonly subject?: string;
  readonly locked?: boolean;
};

/** The subject already belongs to another account: shown, never overwritten. */
export class SubjectTakenError extends Error {
  override readonly name = "SubjectTakenError";
}

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type AccountsApi = {
  find(userId: MatrixUserId): Promise<Account | null>;
  /**
   * Creates the account, or changes the named properties only.
   * @throws {SubjectTakenError}
   */
  put(userId: MatrixUserId, change: AccountChange): Promise<void>;
};

const accountAnswer = z.object({
  displayname: z.string().nullish(),
  locked: z.boolean().default(false),
  deactivated: z.union([z.boolean(), z.number()]).default(false),
  external_ids: z.array(z.object({ auth_provider: z.string(), external_id: z.string() })).default([]),
});

/** @param authProvider `oidc-<idp_id>` of Synapse's configuration; Synapse does not check it */
export function synapseAccounts(connection: MatrixConnection, authProvider: string): AccountsApi {
  return {
    async find(userId) {
      try {
        const call = { method: "GET", api: "admin", path: path`/v2/users/${userId}` } as const;
        const answer = await connection.call(call, accountAnswer);
        const own = answer.external_ids.filter((login) => login.auth_provider === authProvider);
        return {
          displayName: answer.displayname ?? "",
          locked: answer.locked,
          deactivated: Boolean(answer.deactivated),
          subjects: own.map((login) => login.external_id),
          hasForeignLogin: own.length < answer.external_ids.length,
        };
      } catch (error) {
        if (isMatrixError(error, 404)) return null;
        throw error;
      }
    },

    async put(userId, { displayName, subject, locked }) {
      const body = {
        ...(displayName !== undefined && { displayname: displayName }),
        ...(subject !== undefined && { external_ids: [{ auth_provider: authProvider, external_id: subject }] }),
        ...(locked !== undefined && { locked }),
      };
      try {
        await connection.call({ method: "PUT", api: "admin", path: path`/v2/users/${userId}`, body }, z.object({}));
      } catch (error) {
        if (isMatrixError(error, 409)) throw new SubjectTakenError("409", { cause: error });
        throw error;
      }
    },
  };
}
