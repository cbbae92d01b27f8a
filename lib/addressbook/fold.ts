// How names are compared: ä = ae = a, ß = ss, case and hyphens do not matter. Says the same as address_base and
// address_fold of migration 0014, which fill the columns that are searched; a test holds them against each other. Pure.

const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/gu;
const SEPARATORS =
  /[\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b0-\u02ff\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\ufe00-\ufe0f\ufeff]+/gu;

const UPPER =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZØøŁłĐđÐıĦħẞÆŒÞΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ";
const LOWER =
  "abcdefghijklmnopqrstuvwxyzoolldddihhßæœþαβγδεζηθικλμνξοπρστυφχψωσѐёђѓєѕіїјљњћќѝўџабвгдежзийклмнопрстуфхцчшщъыьэюя";
const LETTERS = new Map([...UPPER].map((upper, index): [string, string] => [upper, LOWER[index] ?? upper]));
const TWO_LETTERS = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["þ", "th"],
]);

/** One code point, or a whole text: marks off, lower case, double letters written out, separators as blanks. */
function plain(text: string): string {
  let letters = "";
  for (const letter of text.normalize("NFKD").replaceAll(MARKS, "")) {
    const lower = LETTERS.get(letter) ?? letter;
    letters += TWO_LETTERS.get(lower) ?? lower;
  }
  return letters.replaceAll(SEPARATORS, " ");
}

const withoutUmlautE = (text: string): string => text.replaceAll(/([aou])e/g, "$1");

/** "Müller-Lüdenscheidt" and "MUELLER LUEDENSCHEIDT" are both "muller ludenscheidt". */
export function fold(text: string): string {
  return withoutUmlautE(plain(text).replaceAll(/ +/g, " ").replaceAll(/^ | $/g, ""));
}

/** The words that somebody looks for. Empty if nothing of the text is a letter or a digit. */
export function searchWords(text: string): string[] {
  const folded = fold(text);
  return folded === "" ? [] : [...new Set(folded.split(" "))];
}

export type TextRange = { readonly start: number; readonly end: number };

/** The folded text with the place in `text` of each of its letters. */
function foldWithPlaces(text: string): { folded: string; places: TextRange[] } {
  let folded = "";
  const places: TextRange[] = [];
  let start = 0;
  for (const point of text) {
    const end = start + point.length;
    for (const letter of plain(point)) {
      const last = folded.at(-1) ?? " ";
      if (letter === "e" && "aou".includes(last) && !isAfterUmlautE(places, end)) {
        const place = places.at(-1);
        // the "e" of "ae" belongs to the letter before it
        if (place) places[places.length - 1] = { start: place.start, end };
        continue;
      }
      folded += letter;
      places.push({ start, end });
    }
    // an accent of its own code point belongs to its letter
    const place = places.at(-1);
    if (place && plain(point) === "") places[places.length - 1] = { start: place.start, end };
    start = end;
  }
  return { folded, places };
}

/** "aee": only the first "e" is swallowed. */
function isAfterUmlautE(places: readonly TextRange[], end: number): boolean {
  const place = places.at(-1);
  return place !== undefined && place.end - place.start > 1 && place.end < end;
}

/** Which parts of a shown name were looked for, in order and without overlaps. */
export function matchRanges(text: string, words: readonly string[]): TextRange[] {
  const { folded, places } = foldWithPlaces(text);
  const found = words
    .flatMap((word) => placesOf(folded, word))
    .flatMap(({ start, end }): TextRange[] => {
      const [first, last] = [places[start], places[end - 1]];
      return first && last ? [{ start: first.start, end: last.end }] : [];
    })
    .toSorted((a, b) => a.start - b.start);
  const merged: TextRange[] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}

/** Where a word stands: at the begin of a word if there is such a place, else anywhere. */
function placesOf(folded: string, word: string): TextRange[] {
  const everywhere: TextRange[] = [];
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    everywhere.push({ start: at, end: at + word.length });
  }
  const atBegins = everywhere.filter(({ start }) => start === 0 || folded[start - 1] === " ");
  return atBegins.length > 0 ? atBegins : everywhere;
}
