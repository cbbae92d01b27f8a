// Who asks: the owner of a Matrix access token, as Synapse says. Remembered for half a minute, so that turning pages does
// not ask Synapse each time and a token that was revoked is refused within a minute.
import { createHash } from "node:crypto";
import { whoAmI, type TokenOwner } from "#lib/matrix/whoami.ts";
import { localpartOn } from "../protocol.ts";
import { ClientRefusal, TRY_LATER } from "./refusals.ts";

export type CallersOptions = { readonly synapseUrl: string; readonly serverName: string };

/** Counted from the moment in which Synapse was asked. */
const REMEMBERED_MS = 30_000;
const MOST_REMEMBERED = 20_000;
/** Guessed tokens must not become a flood at Synapse. */
const MOST_UNDER_WAY = 64;
const TIMEOUT_MS = 5_000;
/** What a header may hold; Synapse's own tokens are far shorter. */
const BEARER = /^Bearer ([\x21-\x7e]{1,4096})$/;

type Remembered = { readonly askedAt: number; readonly owner: Promise<TokenOwner> };

export class Callers {
  readonly #options: CallersOptions;
  /** By digest: a dump of memory shows no token. Oldest first. */
  readonly #remembered = new Map<string, Remembered>();
  #underWay = 0;

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  /** @param authorization the header @returns a localpart of our server @throws {ClientRefusal} */
  async localpartOf(authorization: string | undefined): Promise<string> {
    const token = BEARER.exec(authorization ?? "")?.[1];
    if (token === undefined) throw new ClientRefusal(401, "M_MISSING_TOKEN", "Bitte melden Sie sich an.");
    const owner = await this.#ownerOf(token);
    const localpart = "userId" in owner ? localpartOn(this.#options.serverName, owner.userId) : undefined;
    if (localpart !== undefined) return localpart;
    const errcode = "errcode" in owner ? owner.errcode : "M_UNKNOWN_TOKEN";
    throw new ClientRefusal(401, errcode, "Ihre Anmeldung gilt nicht mehr. Bitte melden Sie sich neu an.");
  }

  #ownerOf(token: string): Promise<TokenOwner> {
    const key = createHash("sha256").update(token).digest("base64");
    const known = this.#remembered.get(key);
    if (known && performance.now() - known.askedAt < REMEMBERED_MS) return known.owner;
    if (this.#underWay >= MOST_UNDER_WAY) throw TRY_LATER();
    this.#underWay += 1;
    const entry = { askedAt: performance.now(), owner: this.#ask(key, token) };
    this.#remembered.delete(key); // to the end of the order
    this.#remembered.set(key, entry);
    this.#forgetOldest();
    return entry.owner;
  }

  /** A failure is remembered by nobody: the next request asks again. */
  async #ask(key: string, token: string): Promise<TokenOwner> {
    try {
      const owner = await whoAmI(this.#options.synapseUrl, token, TIMEOUT_MS);
      if ("errcode" in owner) this.#remembered.delete(key);
      return owner;
    } catch (error) {
      this.#remembered.delete(key);
      throw TRY_LATER(error);
    } finally {
      this.#underWay -= 1;
    }
  }

  #forgetOldest(): void {
    const now = performance.now();
    for (const [key, { askedAt }] of this.#remembered) {
      if (this.#remembered.size <= MOST_REMEMBERED && now - askedAt < REMEMBERED_MS) return;
      this.#remembered.delete(key);
    }
  }
}
