import { describe, expect, it } from 'vitest';
import { defaultLeader } from '../../../src/terminal/escape-keys.ts';
import { createTypedReader, type Typed } from '../../../src/ui/consoles/typed.ts';

function read(...pieces: readonly string[]): readonly Typed[] {
  const reader = createTypedReader(defaultLeader);
  const all: Typed[] = [];
  for (const piece of pieces) {
    reader.push(Buffer.from(piece, 'latin1'));
    for (let typed = reader.next(); typed !== undefined; typed = reader.next()) all.push(typed);
  }
  return all;
}

const bytes = (text: string): Typed => ({ type: 'bytes', bytes: text });

describe('what is typed at a console', () => {
  it('passes as it is, control characters and function keys too', () => {
    expect(read('a\x03\x1a\r\x1b[15~\xc3\xa9')).toEqual([bytes('a\x03\x1a\r'), bytes('\x1b[15~\xc3\xa9')]);
  });

  it('is told apart at the leader and its key, in one piece or two', () => {
    const leader: readonly Typed[] = [{ type: 'leader' }, { type: 'leader-key', key: 'q' }];
    expect(read('a\x1dq')).toEqual([bytes('a'), ...leader]);
    expect(read('\x1d', 'q')).toEqual(leader);
  });

  it('has the mouse, also where a piece cuts a report in two', () => {
    const report = { code: 0, column: 9, row: 4, released: false };
    expect(read('\x1b[<0;10;5M')).toEqual([{ type: 'mouse', report }]);
    expect(read('\x1b[<0;1', '0;5M')).toEqual([{ type: 'mouse', report }]);
    expect(read('\x1b', '[<0;10;5M')).toEqual([{ type: 'mouse', report }]);
  });

  it('has cursor keys without modifiers; those with modifiers pass', () => {
    expect(read('\x1b[A\x1b[1;5A')).toEqual([{ type: 'cursor-key', final: 'A' }, bytes('\x1b[1;5A')]);
  });

  it('takes nothing in a paste for a leader or a key, also where its end is cut in two', () => {
    const paste: readonly Typed[] = [
      { type: 'paste', edge: 'begin' },
      bytes('x\x1dq\x1b[A'),
      { type: 'paste', edge: 'end' },
    ];
    expect(read('\x1b[200~x\x1dq\x1b[A\x1b[201~')).toEqual(paste);
    expect(read('\x1b[200~x\x1dq\x1b[A\x1b[20', '1~')).toEqual(paste);
  });

  it('keeps an Escape until it is clear that nothing follows', () => {
    const reader = createTypedReader(defaultLeader);
    reader.push(Buffer.from('\x1b'));
    expect(reader.next()).toBeUndefined();
    expect(reader.pending()).toBe(true);
    expect(reader.next(true)).toEqual(bytes('\x1b'));
    expect(reader.pending()).toBe(false);
  });

  it('lets the mouse pass between the leader and its key', () => {
    expect(read('\x1d\x1b[<35;1;1Mz').map(({ type }) => type)).toEqual(['leader', 'mouse', 'leader-key']);
  });
});
