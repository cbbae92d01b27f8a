// What the search of the address book finds, while somebody types.
import { getTranslations } from "next-intl/server";
import { answerQuestion, type QuestionContext } from "#components/addressbook/answer.ts";
import { foundRows } from "#components/addressbook/rows.ts";
import { parseSearch, parseView } from "#components/addressbook/view-query.ts";
import { searchAddressBook } from "#lib/addressbook/queries.ts";

export async function GET(request: Request, context: QuestionContext): Promise<Response> {
  return await answerQuestion(request, context, async (principal, schoolId, parameters) => {
    const view = parseView(parameters).wish;
    const result = await searchAddressBook(principal, schoolId, view, parseSearch(parameters));
    return result && foundRows(await getTranslations(), result);
  });
}
