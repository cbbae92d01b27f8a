// The place in the audit log from which the reader goes on to older entries, as it stands in the address.
import { z } from "zod";

const LARGEST_SEQ = 2_147_483_647;
const before = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number)
  .pipe(z.number().max(LARGEST_SEQ));

/** Undefined for nothing and for nonsense alike. */
export function parseBefore(parameter: string | string[] | undefined): number | undefined {
  return before.safeParse(parameter).data;
}
