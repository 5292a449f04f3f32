import { describe, expect, it } from 'vitest';
import { textDiff } from '../../../src/machines/files/text-diff.ts';

const side = (label: string, content: string | undefined) => ({
  label,
  content: content === undefined ? undefined : Buffer.from(content),
});

describe('the diff of a text file', () => {
  it('is a unified one that patch(1) takes', () => {
    const diff = textDiff(side('image:/etc/hosts', 'a\nb\nc\n'), side('web:/etc/hosts', 'a\nB\nc\n'));
    expect(diff).toBe('--- image:/etc/hosts\n+++ web:/etc/hosts\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n');
  });

  it('shows a new file against nothing, and a deleted one the same way', () => {
    expect(textDiff(side('a', undefined), side('b', 'x\n'))).toMatch(/^--- \/dev\/null\n\+\+\+ b\n/);
    expect(textDiff(side('a', 'x\n'), side('b', undefined))).toMatch(/^--- a\n\+\+\+ \/dev\/null\n/);
  });

  it('says where a last line has no end', () => {
    expect(textDiff(side('a', 'x\n'), side('b', 'x'))).toContain('\\ No newline at end of file');
  });

  it('is none between equals', () => {
    expect(textDiff(side('a', 'x'), side('b', 'x'))).toBeUndefined();
  });

  it('is not made of what is no text', () => {
    expect(textDiff(side('a', 'x\0y'), side('b', 'x'))).toBe('binary');
  });
});
