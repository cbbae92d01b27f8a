// The reason that an action asks for, as its input has it.
import { z } from "zod";
import { REASON_LENGTH } from "./reason-length.ts";

export const reason = z.string().trim().min(REASON_LENGTH.least).max(REASON_LENGTH.most);
