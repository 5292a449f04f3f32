import { describe, expect, it } from 'vitest';
import { createInputParser, type Input } from '../../../src/ui/terminal/input.ts';

function inputsOf(...pieces: readonly string[]): readonly Input[] {
  const parser = createInputParser();
  return [...pieces.flatMap((piece) => parser.feed(Buffer.from(piece))), ...parser.flush()];
}

function keysOf(...pieces: readonly string[]): readonly string[] {
  return inputsOf(...pieces).map((input) => (input.type === 'key' ? input.key.name : input.type));
}

describe('the keys of a terminal', () => {
  it.each([
    ['j', 'j'],
    ['G', 'G'],
    [' ', 'space'],
    ['\r', 'enter'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x0c', 'ctrl-l'],
    ['\x1d', 'ctrl-]'],
    ['\x1b', 'esc'],
    ['\x1b[A', 'up'],
    ['\x1bOB', 'down'],
    ['\x1b[1;5C', 'ctrl-right'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[Z', 'shift-tab'],
    ['\x1bx', 'alt-x'],
    ['ü', 'ü'],
  ])('%j is %s', (bytes, name) => {
    expect(keysOf(bytes)).toEqual([name]);
  });

  it('are told apart when many come at once', () => {
    expect(keysOf('jj\x1b[B\x1bOAq')).toEqual(['j', 'j', 'down', 'up', 'q']);
  });

  it('are whole when a sequence comes in pieces', () => {
    expect(keysOf('\x1b', '[', '5', '~')).toEqual(['pageup']);
    const [high, low] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
    const parser = createInputParser();
    expect([...parser.feed(high), ...parser.feed(low)]).toEqual([
      { type: 'key', key: { name: 'ü', text: 'ü' } },
    ]);
  });

  it('keep an Escape until it is known to be alone', () => {
    const parser = createInputParser();
    expect(parser.feed(Buffer.from('\x1b'))).toEqual([]);
    expect(parser.pending()).toBe(true);
    expect(parser.flush()).toEqual([{ type: 'key', key: { name: 'esc', text: '' } }]);
  });

  it('leave out what a terminal answers', () => {
    expect(keysOf('a\x1b[?62;22cb\x1b]11;rgb:0000/0000/0000\x1b\\c')).toEqual(['a', 'b', 'c']);
  });
});

describe('what else a terminal sends', () => {
  it('pasted text is one piece, whatever is in it and however it comes', () => {
    expect(inputsOf('\x1b[200~two\nli', 'nes\x1b[A\x1b[201~q')).toEqual([
      { type: 'paste', text: 'two\nlines\x1b[A' },
      { type: 'key', key: { name: 'q', text: 'q' } },
    ]);
  });

  it('the mouse: where, which button, and the wheel', () => {
    expect(inputsOf('\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<65;1;1M')).toMatchObject([
      { type: 'mouse', mouse: { action: 'press', button: 0, column: 9, row: 4 } },
      { type: 'mouse', mouse: { action: 'release' } },
      { type: 'mouse', mouse: { action: 'wheel-down' } },
    ]);
  });

  it('whether its window is looked at', () => {
    expect(inputsOf('\x1b[O\x1b[I')).toEqual([
      { type: 'focus', focused: false },
      { type: 'focus', focused: true },
    ]);
  });
});
