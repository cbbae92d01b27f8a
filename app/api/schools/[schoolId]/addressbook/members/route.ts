// A page of a group's members, for the tree that loads what is opened.
import { getTranslations } from "next-intl/server";
import { answerQuestion, type QuestionContext } from "#components/addressbook/answer.ts";
import { memberRows } from "#components/addressbook/rows.ts";
import { parseSearch, parseView } from "#components/addressbook/view-query.ts";
import { getMembers } from "#lib/addressbook/queries.ts";

export async function GET(request: Request, context: QuestionContext): Promise<Response> {
  return await answerQuestion(request, context, async (principal, schoolId, parameters) => {
    const { groupId, after } = parseSearch(parameters);
    if (groupId === null) return null;
    const page = await getMembers(principal, schoolId, parseView(parameters).wish, groupId, after);
    return page && memberRows(await getTranslations(), page);
  });
}
