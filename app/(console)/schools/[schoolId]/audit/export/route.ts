// A school's audit log as a file.
import { exportAuditResponse } from "#components/audit/export-response.ts";
import { fromSegment } from "#components/shell/paths.ts";

type ExportContext = { readonly params: Promise<{ schoolId: string }> };

export async function POST(request: Request, { params }: ExportContext): Promise<Response> {
  return await exportAuditResponse(fromSegment((await params).schoolId), request);
}
