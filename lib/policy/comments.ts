// The bounds of what is said about a request, for the form, the action and the database alike.

/** In characters, blanks at both ends not counted. */
export const COMMENT_LENGTH = { least: 1, most: 1_000 } as const;
/** Of one request; a talk that needs more is not held in a console. */
export const MOST_COMMENTS = 100;
