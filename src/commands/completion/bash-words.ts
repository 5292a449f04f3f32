/**
 * bash cuts words at `=` and `@` (COMP_WORDBREAKS): `--state=ru` arrives as `--state`, `=`, `ru`, and only what stands behind
 * the last `=`, or from the last `@` on, is replaced. Pure.
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
    const before = words.at(-1) ?? '';
    if ((word === '=' || word === '@') && before !== '') {
      words[words.length - 1] = before + word;
      offset = word === '=' ? before.length + 1 : before.length;
      glued = true;
    } else if (glued) {
      words[words.length - 1] = before + word;
      glued = false;
    } else {
      words.push(word);
      offset = 0;
    }
  }
  return { words, offset };
}
