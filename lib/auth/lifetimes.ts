// How long a session lives: at most a school day, and half an hour without a request (shared computers).
export const SESSION_LIFETIME_MS = 10 * 3_600_000;
export const SESSION_IDLE_MS = 30 * 60_000;
/** How long before the idle end the browser asks whether somebody is still there. */
export const SESSION_WARNING_MS = 2 * 60_000;
/** lastSeenAt is written at most this often. */
export const SESSION_TOUCH_MS = 60_000;
