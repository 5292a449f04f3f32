/** A console that is open: its session, where somebody has scrolled to, and the lines that are shown of it. */
import { createScrollback, type Scrollback } from './scrollback.ts';
import type { Session } from './session.ts';

export interface OpenConsole extends Session {
  /** Undefined: what comes last is shown. */
  readonly scrollback: () => Scrollback | undefined;
  readonly scroll: () => Scrollback;
  readonly stopScrolling: () => void;
  /** Kept until something changes. @param at where they begin on the outer terminal, from 0 */
  readonly lines: (at: number) => readonly string[];
  /** It looks another way than before. */
  readonly touch: () => void;
}

export function openConsole(session: Session): OpenConsole {
  let scrollback: Scrollback | undefined;
  let shown: { readonly at: number; readonly lines: readonly string[] } | undefined;
  const touch = (): void => {
    shown = undefined;
  };
  return {
    ...session,
    resize: (size) => {
      session.resize(size);
      touch();
    },
    scrollback: () => scrollback,
    scroll: () => {
      scrollback ??= createScrollback(session.emulator);
      return scrollback;
    },
    stopScrolling: () => {
      scrollback = undefined;
      session.emulator.scrollTo(undefined);
      touch();
    },
    lines: (at) => {
      if (shown?.at !== at) shown = { at, lines: session.emulator.lines(at, scrollback?.found()) };
      return shown.lines;
    },
    touch,
  };
}
