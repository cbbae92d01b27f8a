// As in the actions' schemas, in characters: they decide, this only says so earlier.
export const REASON_LENGTH = { least: 10, most: 1_000 } as const;
