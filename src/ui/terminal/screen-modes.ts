/** The modes of the terminal that the dashboard needs, and their undoing: xterm's ctlseqs. */

/** Alternate screen, no wrapping, mouse, focus reports, bracketed paste. */
export const enterScreen = '\x1b[?1049h\x1b[?7l\x1b[?1002h\x1b[?1006h\x1b[?1004h\x1b[?2004h';

/** The alternate screen is left last: leaving it brings the cursor back. */
export const leaveScreen =
  '\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?1004l\x1b[?1006l\x1b[?1002l\x1b[?7h\x1b[?25h\x1b[?1049l';

export function mouseMode(on: boolean): string {
  return on ? '\x1b[?1002h\x1b[?1006h' : '\x1b[?1006l\x1b[?1002l';
}

/** OSC 52: the terminal at which the person sits puts it into its clipboard, also through ssh. */
export function clipboard(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
}
