/** Looking at the lines above the screen: by keys, which then are not the machine's, or by the wheel, which any key ends. */

import { scrollbackKeys } from '../keys.ts';
import type { ScrollPlace } from '../state/console-view.ts';
import type { Key } from '../terminal/input.ts';
import type { Found } from './cell-rows.ts';
import type { Emulator } from './emulator.ts';

export interface Scrollback {
  /** Keys are for it; else the wheel alone has moved it. */
  readonly hasKeys: () => boolean;
  readonly takeKeys: () => void;
  /** Returns false when it was left. */
  readonly press: (key: Key) => boolean;
  /** Negative: back in time. Returns false when the end is reached and keys were never for it. */
  readonly move: (lines: number) => boolean;
  readonly place: () => ScrollPlace;
  readonly found: () => Found | undefined;
}

export function createScrollback(emulator: Emulator): Scrollback {
  let keys = false;
  const search = createSearch(emulator);
  const move = (lines: number): void => emulator.scrollTo(emulator.place().top + lines);

  return {
    hasKeys: () => keys,
    takeKeys: () => {
      keys = true;
    },
    press: (key) => {
      if (search.isTyped()) {
        search.press(key);
        return true;
      }
      const deed = scrollbackKeys[key.name as keyof typeof scrollbackKeys];
      if (deed === 'leave') return false;
      const page = Math.max(1, emulator.place().rows - 1);
      const deeds: Readonly<Record<Exclude<typeof deed, undefined>, () => void>> = {
        down: () => move(1),
        up: () => move(-1),
        'page-down': () => move(page),
        'page-up': () => move(-page),
        first: () => emulator.scrollTo(0),
        last: () => emulator.scrollTo(undefined),
        search: search.begin,
        'next-match': () => search.find(1),
        'previous-match': () => search.find(-1),
      };
      deeds[deed]?.();
      return true;
    },
    move: (lines) => {
      move(lines);
      const { top, count, rows } = emulator.place();
      return keys || top + rows < count;
    },
    place: () => {
      const { top, count, rows } = emulator.place();
      const lines = { first: top + 1, last: Math.min(count, top + rows), count };
      return { ...lines, search: search.text(), searching: search.isTyped() };
    },
    found: search.found,
  };
}

interface Search {
  readonly begin: () => void;
  /** Whether keys are letters of what is searched. */
  readonly isTyped: () => boolean;
  readonly press: (key: Key) => void;
  readonly find: (step: 1 | -1) => void;
  readonly text: () => string;
  readonly found: () => Found | undefined;
}

function createSearch(emulator: Emulator): Search {
  let text = '';
  let typed = false;
  let found: Found | undefined;
  const find = (step: 1 | -1): void => {
    const { top, rows } = emulator.place();
    const from = found?.line ?? (step === 1 ? top - 1 : top + rows);
    found = emulator.find(text, from, step) ?? found;
    if (found !== undefined && (found.line < top || found.line >= top + rows)) {
      emulator.scrollTo(found.line - Math.floor(rows / 2));
    }
  };
  return {
    begin: () => {
      typed = true;
      text = '';
      found = undefined;
    },
    isTyped: () => typed,
    press: (key) => {
      if (key.name === 'backspace') text = text.slice(0, -1);
      else if (key.name !== 'enter' && key.name !== 'esc') text += key.text;
      else typed = false;
      if (key.name === 'enter') find(1);
    },
    find,
    text: () => text,
    found: () => found,
  };
}
