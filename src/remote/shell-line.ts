/** A line for a shell: words as they are, whatever is in them. */

/** In single quotes of sh(1): nothing in them means anything but the quote itself. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** Variables by which a program chooses colours, characters and language: of who sits here, not of there. */
const OF_THE_TERMINAL = ['NO_COLOR', 'COLORTERM', 'LANG', 'LC_ALL', 'LC_CTYPE', 'EDITOR', 'VISUAL'];

/** Runs a program there with what this terminal can; `shownHost` is how the other host is called here. */
export function programLine(
  program: readonly string[],
  shownHost: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const passed = OF_THE_TERMINAL.flatMap((name) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [`${name}=${value}`];
  });
  return `exec ${shellLine(['env', `TSMACHINE_SHOWN_HOST=${shownHost}`, ...passed, ...program])}`;
}
