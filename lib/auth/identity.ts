// What an id token tells us about who signed in. Pure.
import { z } from "zod";

/** Who, when the credentials were asked for, and where notices go. */
export type Identity = {
  readonly subject: string;
  /** Without `auth_time` nobody knows how old the sign-in is: the epoch, so that it counts as old. */
  readonly authenticatedAt: Date;
  /** Only one that the identity provider has verified. */
  readonly email: string | null;
};

/** The subject's claim is configurable, so the object stays open. */
const claimsSchema = z.looseObject({
  auth_time: z.number().int().optional(),
  email: z.email().max(254).nullish().catch(null),
  email_verified: z.unknown().optional(),
});

/** @param subjectClaim the claim that finds the person; undefined is answered if there is none */
export function identityOf(profile: unknown, subjectClaim: string): Identity | undefined {
  const claims = claimsSchema.safeParse(profile);
  if (!claims.success) return undefined;
  const subject = claims.data[subjectClaim];
  if (typeof subject !== "string" || subject === "") return undefined;
  const { auth_time: authTime = 0, email, email_verified: isVerified } = claims.data;
  return {
    subject,
    authenticatedAt: new Date(authTime * 1000),
    email: isVerified === true ? (email ?? null) : null,
  };
}
