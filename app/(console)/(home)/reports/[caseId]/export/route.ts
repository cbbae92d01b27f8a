// One case as a file.
import { exportCaseResponse } from "#components/reports/export-response.ts";
import { fromSegment } from "#components/shell/paths.ts";

type Context = { readonly params: Promise<{ caseId: string }> };

export async function POST(request: Request, { params }: Context): Promise<Response> {
  return await exportCaseResponse(fromSegment((await params).caseId), request);
}
