// Answers a question that a page of the address book asks by itself: who asks, of which school, then the answer or 404.
import { currentPrincipal } from "#lib/auth/session.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { parametersOf, type Parameters } from "./view-query.ts";

const NO_STORE = { "cache-control": "no-store" };

export type QuestionContext = { readonly params: Promise<{ schoolId: string }> };

/** @param find null: not there, or not the principal's */
export async function answerQuestion(
  request: Request,
  { params }: QuestionContext,
  find: (principal: Principal, schoolId: string, parameters: Parameters) => Promise<object | null>,
): Promise<Response> {
  const principal = await currentPrincipal();
  if (!principal) return Response.json({ error: "signedOut" }, { status: 401, headers: NO_STORE });
  const answer = await find(principal, fromSegment((await params).schoolId), parametersOf(request));
  if (!answer) return Response.json({ error: "notFound" }, { status: 404, headers: NO_STORE });
  return Response.json(answer, { headers: NO_STORE });
}
