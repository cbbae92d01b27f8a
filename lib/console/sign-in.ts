// What a sign-in does to our data: the subject finds the person, and a session row begins.
import { randomBytes } from "node:crypto";
import type { Identity } from "#lib/auth/identity.ts";
import { SESSION_LIFETIME_MS } from "#lib/auth/lifetimes.ts";
import type { SignIn } from "#lib/auth/oidc.ts";
import { database } from "#lib/db/shared.ts";
import { auditSession } from "./session-audit.ts";

async function findPerson({ subject }: Identity) {
  return await database().person.findFirst({
    where: { subject, enabled: true, leftAt: null },
    select: { id: true, source: true, email: true, accessBlock: { select: { personId: true } } },
  });
}

async function createSession(identity: Identity, idToken: string | undefined): Promise<string> {
  const person = await findPerson(identity);
  if (!person) throw new Error("the person vanished between check and sign-in");
  const id = randomBytes(32).toString("base64url");
  await database().$transaction(async (tx) => {
    await tx.session.create({
      data: {
        id,
        personId: person.id,
        authenticatedAt: identity.authenticatedAt,
        expiresAt: new Date(Date.now() + SESSION_LIFETIME_MS),
        idToken: idToken ?? null,
      },
    });
    // of people of the directory it is the directory that says where they are written to
    if (person.source === "console" && identity.email !== null && identity.email !== person.email) {
      await tx.person.update({ where: { id: person.id }, data: { email: identity.email } });
    }
    await auditSession(tx, person.id, "signedIn");
  });
  return id;
}

export const signIn: SignIn = {
  refusal: async (identity) => {
    const person = await findPerson(identity);
    if (!person) return "AccessDenied";
    return person.accessBlock ? "Blocked" : null;
  },
  createSession,
};
