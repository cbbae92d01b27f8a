// A page of a folder of the address book, for the tree that loads what is opened.
import { getTranslations } from "next-intl/server";
import { answerQuestion, type QuestionContext } from "#components/addressbook/answer.ts";
import { folderRows } from "#components/addressbook/rows.ts";
import { parseSearch, parseView } from "#components/addressbook/view-query.ts";
import { getFolder } from "#lib/addressbook/queries.ts";
import { isFolder } from "#lib/addressbook/tree.ts";

export async function GET(request: Request, context: QuestionContext): Promise<Response> {
  return await answerQuestion(request, context, async (principal, schoolId, parameters) => {
    const name = parameters["folder"];
    if (typeof name !== "string" || !isFolder(name)) return null;
    const { after } = parseSearch(parameters);
    const folder = await getFolder(principal, schoolId, parseView(parameters).wish, name, after);
    return folder && folderRows(await getTranslations(), folder);
  });
}
