import { describe, expect, it } from 'vitest';
import {
  decodeEntries,
  pathBytes,
  pathText,
  type TreeEntry,
} from '../../../../../src/backends/native/storage/trees/tree-entries.ts';

const line = (depth: number, name: string, type: string, flags = '', target = '') =>
  [depth, name, type, '4755', 1, 2, 3, '-5', '8:1', 'fe00:7', 2, 8, target, flags, 'ab12', ''].join('\0');

const TREE = [
  line(0, '', 'd'),
  line(1, 'a', 'd', 'o'),
  line(2, 'b', 'd'),
  line(3, 'c\u00ff', 'l', '', '/x'),
  line(1, 'd', 'c', 'rw'),
].join('');

/** The stream in pieces of that many bytes. */
async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(text: string, size = 1 << 16): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for await (const entry of decodeEntries(pieces(text, size))) entries.push(entry);
  return entries;
}

describe('the entries of a scan', () => {
  it('are decoded, however the stream is cut into pieces', async () => {
    const whole = await decode(`${TREE}end\0`);
    expect(whole.map(({ path }) => path)).toEqual(['', 'a', 'a/b', 'a/b/c\u00ff', 'd']);
    for (let size = 1; size < 100; size += 1) expect(await decode(`${TREE}end\0`, size)).toEqual(whole);
  });

  it('say what a file is', async () => {
    const [, a, , c, d] = await decode(`${TREE}end\0`);
    expect(c).toEqual({
      path: 'a/b/c\u00ff',
      depth: 3,
      type: 'symlink',
      mode: 0o4755,
      uid: 1,
      gid: 2,
      size: 3,
      modifiedNs: '-5',
      device: '8:1',
      inode: 'fe00:7',
      links: 2,
      bytes: 4096,
      target: '/x',
      opaque: false,
      whiteout: false,
      redirected: false,
      xattrs: 'ab12',
    });
    expect(a).toMatchObject({ opaque: true, whiteout: false, redirected: false });
    expect(d).toMatchObject({ opaque: false, whiteout: true, redirected: true });
  });

  it('are those of several trees, one after the other', async () => {
    expect(
      (await decode(`${TREE}${TREE}end\0`)).map(({ path }) => path).filter((path) => path === ''),
    ).toHaveLength(2);
  });

  it('are refused when the stream was cut off, goes on behind its end or makes no sense', async () => {
    for (const text of [
      '',
      TREE,
      `${TREE}end`,
      TREE.slice(0, -9),
      `${TREE}end\0more`,
      `${line(0, '', '?')}end\0`,
    ]) {
      await expect(decode(text), JSON.stringify(text)).rejects.toMatchObject({ code: 'failed' });
    }
    await expect(decode(`${line(0, '', 'd')}${line(2, 'a', 'f')}end\0`)).rejects.toMatchObject({
      code: 'failed',
    });
  });
});

describe('the path of an entry', () => {
  it('is bytes for the kernel, and text for people', () => {
    const path = Buffer.from('d/é').toString('latin1');
    expect(pathText(path)).toBe('d/é');
    expect(pathBytes(path)).toEqual(Buffer.from('d/é'));
    expect(pathText('\u00ff')).toBe('\u{FFFD}');
  });
});
