// Verifies a stretch of an audit log, for the page that shows how far the whole verification is.
import { z } from "zod";
import { verifyAuditLog } from "#lib/audit/verify.ts";
import { currentPrincipal } from "#lib/auth/session.ts";

const NO_STORE = { "cache-control": "no-store" };
const question = z.object({
  scope: z.string().min(1).max(255),
  after: z.coerce.number().int().min(0).max(2_147_483_647),
});

export async function GET(request: Request): Promise<Response> {
  const refuse = (status: number, error: string) => Response.json({ error }, { status, headers: NO_STORE });
  const principal = await currentPrincipal();
  if (!principal) return refuse(401, "signedOut");
  const asked = question.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  const stretch = asked.success ? await verifyAuditLog(principal, asked.data.scope, asked.data.after) : null;
  // "not yours" looks like "not there"
  return stretch ? Response.json(stretch, { headers: NO_STORE }) : refuse(404, "notFound");
}
