// How long texts about a case may be, and how much at once; forms say the same as the actions decide. Pure.
export const CASE_TEXT = { least: 1, leastReason: 10, most: 4_000 } as const;
export const TEAM_LENGTH = 60;
export const VIEW_NAME_LENGTH = 60;
export const MOST_VIEWS = 50;
/** Cases that one press closes. */
export const MOST_BULK = 100;
/** Nobody waits for longer without looking again. */
export const WAITING_DAYS = 90;
