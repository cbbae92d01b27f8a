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
  /** Only ever false: takes a deactivation back. {@link AccountsApi.deactivate} deactivates. */
  readonly deactivated?: false;
};

/** The subject already belongs to another account: shown, never overwritten. */
export class SubjectTakenError extends Error {
  override readonly name = "SubjectTakenError";
}

/** All methods throw MatrixCallError or SynapseUnreachable. */
export type AccountsApi = {
  find(userId: MatrixUserId): Promise<Account | null>;
  /**
   * Those that may exist: whoever is not named had no account a moment ago, and need not be looked up one by one.
   * @param userIds at most {@link MOST_AT_ONCE}
   */
  findPossible(userIds: readonly MatrixUserId[]): Promise<ReadonlySet<MatrixUserId>>;
  /**
   * Creates the account, or changes the named properties only.
   * @throws {SubjectTakenError}
   */
  put(userId: MatrixUserId, change: AccountChange): Promise<void>;
  /** Ends every session; done twice, it changes nothing. Erased, the profile goes too. */
  deactivate(userId: MatrixUserId, options: { readonly erase: boolean }): Promise<void>;
};

/** Of what our module answers in one request. */
export const MOST_AT_ONCE = 500;

const knownAnswer = z.object({ known: z.array(z.string()) });
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

    async findPossible(userIds) {
      if (userIds.length === 0) return new Set();
      try {
        const call = { method: "POST", api: "module", path: "/known_accounts", body: { user_ids: userIds } } as const;
        const known = new Set((await connection.call(call, knownAnswer)).known);
        return new Set(userIds.filter((userId) => known.has(userId)));
      } catch (error) {
        // an older module, or none: nothing is known of anybody
        if (isMatrixError(error, 404)) return new Set(userIds);
        throw error;
      }
    },

    async put(userId, { displayName, subject, locked, deactivated }) {
      const body = {
        ...(displayName !== undefined && { displayname: displayName }),
        ...(subject !== undefined && { external_ids: [{ auth_provider: authProvider, external_id: subject }] }),
        ...(locked !== undefined && { locked }),
        ...(deactivated !== undefined && { deactivated }),
      };
      try {
        await connection.call({ method: "PUT", api: "admin", path: path`/v2/users/${userId}`, body }, z.object({}));
      } catch (error) {
        if (isMatrixError(error, 409)) throw new SubjectTakenError("409", { cause: error });
        throw error;
      }
    },

    async deactivate(userId, { erase }) {
      const call = { method: "POST", api: "admin", path: path`/v1/deactivate/${userId}`, body: { erase } } as const;
      await connection.call(call, z.object({}));
    },
  };
}
