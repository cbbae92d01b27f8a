// The note that a session ended because nobody did anything, and where the person was: kept over the identity provider's
// logout for the sign-in page, which explains it and leads back.
export const SESSION_ENDED_COOKIE = "session-ended";
