import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { withEnd } from '../../src/terminal/pty-end.ts';

describe('the end of a program on a pty', () => {
  it('is found behind its last output, in whatever pieces it comes, and never shown', () => {
    for (const size of [1, 7, 1000]) {
      const { file, words, find } = withEnd('/bin/printf', ['%s\\033]tsm', 'last \u001b[0m words']);
      const output = execFileSync(file, [...words], { input: '\n' });
      let shown = '';
      let ended = false;
      for (let at = 0; at < output.length; at += size) {
        const found = find(output.subarray(at, at + size));
        shown += found.bytes.toString('latin1');
        ended ||= found.ended;
      }
      expect(shown).toBe('last \u001b[0m words\u001b]tsm');
      expect(ended).toBe(true);
    }
  });

  it('is not what another program says is one', () => {
    const { find } = withEnd('/bin/true', []);
    const text = '\u001b]tsmachine-end-0000000000000000\u0007';
    expect(find(Buffer.from(text))).toEqual({ bytes: Buffer.from(text), ended: false });
  });
});
