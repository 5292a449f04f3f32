/** The modes of the terminal that the dashboard needs, and their undoing: xterm's ctlseqs. */

/** Alternate screen, no wrapping, mouse, focus reports, bracketed paste. */
export const enterScreen = '\x1b[?1049h\x1b[?7l\x1b[?1002h\x1b[?1006h\x1b[?1004h\x1b[?2004h';

/** The alternate screen is left last: leaving it brings the cursor back. */
export const leaveScreen =
  '\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?1004l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?7h\x1b[?25h\x1b[?1049l';

/** What is told of the mouse: nothing, so that text can be selected; buttons, the wheel and dragging; or each of its moves. */
export type MouseMode = 'none' | 'buttons' | 'moves';

/** Terminals know one mode at a time: taking one back is taking all back. */
const mouseModes: Readonly<Record<MouseMode, string>> = {
  none: '\x1b[?1006l\x1b[?1003l\x1b[?1002l',
  buttons: '\x1b[?1003l\x1b[?1002h\x1b[?1006h',
  moves: '\x1b[?1003h\x1b[?1006h',
};

/** That of enterScreen. */
export const firstMouseMode: MouseMode = 'buttons';

export function mouseMode(mode: MouseMode): string {
  return mouseModes[mode];
}

/** OSC 52: the terminal at which the person sits puts it into its clipboard, also through ssh. */
export function clipboard(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
}
