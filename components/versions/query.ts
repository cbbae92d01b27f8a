// Version numbers as they stand in an address. Server only, because of zod.
import { z } from "zod";

/** Larger than any version number will be, smaller than PostgreSQL's integer. */
const LARGEST_VERSION = 1_000_000_000;

const versionNumber = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number)
  .pipe(z.number().max(LARGEST_VERSION));

/** Undefined for nothing and for nonsense alike. */
export function parseVersion(parameter: string | string[] | undefined): number | undefined {
  return versionNumber.safeParse(parameter).data;
}
