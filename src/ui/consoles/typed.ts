/**
 * What a person types at a console, told apart as far as it must be: everything passes as it is but the leader and its key, the
 * mouse, whose place is another inside, and what only programs get that asked for it. Pure but for what a piece leaves over.
 */
import type { Leader } from '../../terminal/escape-keys.ts';
import type { MouseReport } from '../terminal/input.ts';

export type Typed =
  /** Bytes, as latin1. */
  | { readonly type: 'bytes'; readonly bytes: string }
  /** The final byte of a cursor key without modifiers: A, B, C, D, H, F. */
  | { readonly type: 'cursor-key'; readonly final: string }
  | { readonly type: 'mouse'; readonly report: MouseReport }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'paste'; readonly edge: 'begin' | 'end' }
  /** Its key is to come. */
  | { readonly type: 'leader' }
  | { readonly type: 'leader-key'; readonly key: string };

export interface TypedReader {
  readonly push: (bytes: Uint8Array) => void;
  /** Undefined: nothing more that is whole; `final`: nothing follows, what is kept is taken as it is. */
  readonly next: (final?: boolean) => Typed | undefined;
  readonly pending: () => boolean;
  /** Takes out what was not read: the keys are somebody else's now. */
  readonly rest: () => Buffer;
}

const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const mouse = /^\x1b\[<(\d{1,5});(\d{1,5});(\d{1,5})([Mm])/;
const focus = /^\x1b\[([IO])/;
const cursorKey = /^\x1b\[([A-DHF])/;
const unfinished = /^\x1b(?:\[(?:<[\d;]{0,17}|2|20|200)?)?$/;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: escape sequences begin with one

interface Step {
  readonly length: number;
  readonly typed: Typed;
}

export function createTypedReader(leader: Leader): TypedReader {
  const leaderByte = String.fromCharCode(leader.byte);
  let kept = '';
  let pasting = false;
  let afterLeader = false;

  const step = (final: boolean): Step | undefined => {
    if (kept === '') return undefined;
    if (pasting) return pasted(kept, final);
    const special = specialOf(kept);
    if (special !== undefined && !(afterLeader && special.typed.type === 'cursor-key')) return special;
    if (!final && unfinished.test(kept)) return undefined;
    if (afterLeader) return { length: 1, typed: { type: 'leader-key', key: kept[0] ?? '' } };
    if (kept.startsWith(leaderByte)) return { length: 1, typed: { type: 'leader' } };
    return plainRun(kept, leaderByte);
  };

  return {
    push: (bytes) => {
      kept += Buffer.from(bytes).toString('latin1');
    },
    next: (final = false) => {
      const found = step(final);
      if (found === undefined) return undefined;
      kept = kept.slice(found.length);
      const { typed } = found;
      if (typed.type === 'paste') pasting = typed.edge === 'begin';
      if (typed.type === 'leader') afterLeader = true;
      if (typed.type === 'leader-key') afterLeader = false;
      return typed;
    },
    pending: () => kept !== '',
    rest: () => {
      const rest = Buffer.from(kept, 'latin1');
      kept = '';
      pasting = false;
      afterLeader = false;
      return rest;
    },
  };
}

function specialOf(text: string): Step | undefined {
  if (!text.startsWith('\x1b[')) return undefined;
  if (text.startsWith(PASTE_BEGIN))
    return { length: PASTE_BEGIN.length, typed: { type: 'paste', edge: 'begin' } };
  const report = mouse.exec(text);
  if (report !== null) {
    const [raw, code, column, row, final] = report;
    const place = { column: Number(column) - 1, row: Number(row) - 1 };
    return {
      length: raw.length,
      typed: { type: 'mouse', report: { code: Number(code), ...place, released: final === 'm' } },
    };
  }
  const focused = focus.exec(text);
  if (focused !== null) return { length: 3, typed: { type: 'focus', focused: focused[1] === 'I' } };
  const key = cursorKey.exec(text);
  return key === null ? undefined : { length: 3, typed: { type: 'cursor-key', final: key[1] ?? '' } };
}

/** All up to its end is pasted, a leader in it too. */
function pasted(text: string, final: boolean): Step | undefined {
  if (text.startsWith(PASTE_END)) return { length: PASTE_END.length, typed: { type: 'paste', edge: 'end' } };
  const at = text.indexOf(PASTE_END);
  const end = at !== -1 ? at : final ? text.length : text.length - beginningOfEnd(text);
  return end === 0 ? undefined : { length: end, typed: { type: 'bytes', bytes: text.slice(0, end) } };
}

/** How many characters at the end may be the first ones of a paste's end. */
function beginningOfEnd(text: string): number {
  for (let length = PASTE_END.length - 1; length > 0; length -= 1) {
    if (text.endsWith(PASTE_END.slice(0, length))) return length;
  }
  return 0;
}

/** Up to the next character that may mean something. */
function plainRun(text: string, leaderByte: string): Step {
  let end = 1;
  while (end < text.length && text[end] !== '\x1b' && text[end] !== leaderByte) end += 1;
  return { length: end, typed: { type: 'bytes', bytes: text.slice(0, end) } };
}
