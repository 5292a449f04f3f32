import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Input } from '../../../src/ui/terminal/input.ts';
import { listenToKeyboard } from '../../../src/ui/terminal/keyboard.ts';

/** A console that has the keys until it gets a q; `c` gives them back. */
function keyboard() {
  const stdin = Object.assign(new EventEmitter(), { resume: () => stdin, pause: () => stdin });
  let [typed, kept, hasKeys, isOurs] = ['', '', true, true];
  const names: string[] = [];
  const take = (bytes: Buffer): Buffer => {
    if (!hasKeys) return bytes;
    const text = kept + bytes.toString('latin1');
    kept = '';
    const end = text.indexOf('q');
    typed += end === -1 ? text : text.slice(0, end);
    if (end === -1) return Buffer.alloc(0);
    hasKeys = false;
    return Buffer.from(text.slice(end + 1), 'latin1');
  };
  const stop = listenToKeyboard(stdin as unknown as NodeJS.ReadStream, {
    console: { type: take, pending: () => kept !== '', flush: () => take(Buffer.alloc(0)) },
    input: (input: Input) => {
      if (input.type === 'key') names.push(input.key.name);
      if (input.type === 'paste') names.push(`pasted ${input.text}`);
      if (input.type === 'key' && input.key.name === 'c') hasKeys = true;
      if (input.type === 'key' && input.key.name === 'ctrl-z') isOurs = false;
    },
    isOurs: () => isOurs,
    gone: () => undefined,
  });
  return { type: (text: string) => stdin.emit('data', Buffer.from(text)), typed: () => typed, names, stop };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('what is typed at once', () => {
  it('goes where each key has put it: out of a console, into another, and out again', () => {
    const { type, typed, names } = keyboard();
    type('abqjkcdeqj\x1b[Bcf');
    expect(typed()).toBe('abdef');
    expect(names).toEqual(['j', 'k', 'c', 'j', 'down', 'c']);
  });

  it('does nothing here behind a key that gives the terminal to somebody else', () => {
    const { type, typed, names } = keyboard();
    type('q\x1asX');
    type('sX');
    expect(typed()).toBe('');
    expect(names).toEqual(['ctrl-z']);
  });

  it('is no less when a paste, or an Escape that nothing follows, comes behind the key that leaves', () => {
    vi.useFakeTimers();
    const { type, typed, names } = keyboard();
    type('aq\x1b[200~some text\x1b[201~j\x1b');
    vi.runAllTimers();
    expect(typed()).toBe('a');
    expect(names).toEqual(['pasted some text', 'j', 'esc']);
  });
});
