// How long a reason is that somebody gives for what they do, in characters: long enough to say something. Apart from the
// schema, because forms say it before the server does.
export const REASON_LENGTH = { least: 10, most: 1_000 } as const;
