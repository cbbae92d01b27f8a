// Rows as columns, as PostgreSQL's unnest takes them.

export const columnOf =
  <T>(rows: readonly T[]) =>
  <Key extends keyof T>(key: Key): T[Key][] =>
    rows.map((row) => row[key]);
