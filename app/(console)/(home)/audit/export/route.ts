// The state's audit log as a file.
import { exportAuditResponse } from "#components/audit/export-response.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";

export async function POST(request: Request): Promise<Response> {
  return await exportAuditResponse(STATE_SCOPE, request);
}
