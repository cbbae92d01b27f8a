// A table as German office programs open it by a double click: UTF-8 with a byte order mark, semicolons, CRLF; and no cell
// that such a program would run as a formula. Pure.
export const CSV_START = "\uFEFF";

/** Office programs take these as the start of a formula, behind blanks and full-width as well. */
const FORMULA = /^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/;

function csvCell(text: string): string {
  const harmless = FORMULA.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""').replaceAll("\0", "")}"`;
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(";")}\r\n`;
}
