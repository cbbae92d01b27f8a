// A class or role list of a school as a file. A POST, because it writes an entry.
import { exportListResponse } from "#components/addressbook/export-response.ts";
import { fromSegment } from "#components/shell/paths.ts";

type FileContext = { readonly params: Promise<{ schoolId: string }> };

export async function POST(request: Request, { params }: FileContext): Promise<Response> {
  return await exportListResponse(fromSegment((await params).schoolId), request);
}
