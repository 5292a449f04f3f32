/**
 * bash cuts words at `=` (COMP_WORDBREAKS): `--state=ru` arrives as `--state`, `=`, `ru`, and only what stands behind the
 * last cut is replaced. Pure.
 */
export function joinBashWords(given: readonly string[]): {
  readonly words: readonly string[];
  /** How many characters of a candidate stand before the cut and are not to be repeated. */
  readonly offset: number;
} {
  const words: string[] = [];
  let glued = false;
  let offset = 0;
  for (const word of given) {
    const before = words.at(-1);
    offset = 0;
    if (word === '=' && before !== undefined && before !== '') {
      words[words.length - 1] = `${before}=`;
      offset = before.length + 1;
      glued = true;
    } else if (glued && before !== undefined) {
      words[words.length - 1] = before + word;
      offset = before.length;
      glued = false;
    } else {
      words.push(word);
    }
  }
  return { words, offset };
}
