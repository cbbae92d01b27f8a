// One slip of the finger: a letter wrong, missing, too many, or two swapped. Pure.

/** Shorter words are not forgiven anything: nearly every name would be like them. */
export const SHORTEST_WITH_TYPO = 4;

/** Does `word` become a begin of `name` by at most one slip? A begin, because people search while they type. */
export function isAlmostPrefix(word: string, name: string): boolean {
  let at = 0;
  while (at < word.length && name.startsWith(word.slice(0, at + 1))) at += 1;
  if (at === word.length) return true;
  const rest = word.slice(at);
  const swapped = rest.slice(1, 2) + rest.slice(0, 1) + rest.slice(2);
  return (
    name.startsWith(rest.slice(1), at + 1) || // a wrong letter
    name.startsWith(rest, at + 1) || // a letter missing
    name.startsWith(rest.slice(1), at) || // a letter too many
    name.startsWith(swapped, at)
  );
}

/**
 * Texts of which a name holds at least one if the word is almost a begin of one of its words: what a database can look
 * for before {@link isAlmostPrefix} decides. The slip is in one half, so the other is there; or it swapped the two
 * letters between the halves.
 * @returns patterns without wildcards; a blank is the begin of a word
 */
export function typoHints(word: string): string[] {
  const middle = Math.floor(word.length / 2);
  const [first, second] = [word.slice(0, middle), word.slice(middle)];
  const swapped = first.slice(0, -1) + second.slice(0, 1) + first.slice(-1);
  return [` ${first}`, second, ` ${swapped}`];
}

/** All words of the search are in the name, one of them with a slip. */
export function matchesWithTypo(words: readonly string[], searchName: string, isInName: (word: string) => boolean) {
  const names = searchName.split(" ").filter((name) => name !== "");
  const missing = words.filter((word) => !isInName(word));
  const [slipped, ...more] = missing;
  if (slipped === undefined || more.length > 0 || slipped.length < SHORTEST_WITH_TYPO) return missing.length === 0;
  return names.some((name) => isAlmostPrefix(slipped, name));
}
