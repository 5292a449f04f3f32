import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContent } from '../../../../../src/backends/native/storage/diff/content.ts';

let root: string;
let layer: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'content-'));
  layer = join(root, 'layer');
  mkdirSync(join(layer, 'etc/deep'), { recursive: true });
  writeFileSync(join(root, 'outside'), 'secret');
  writeFileSync(join(layer, 'etc/deep/file'), 'text');
});
afterEach(() => rmSync(root, { recursive: true }));

const read = async (path: string, limit = 100) => (await readContent({ layer, path }, limit))?.toString();

describe('the content of a file in a layer', () => {
  it('is read as it is, up to the limit', async () => {
    expect(await read('etc/deep/file')).toBe('text');
    expect(await read('etc/deep/file', 4)).toBe('text');
    expect(await read('etc/deep/file', 3)).toBeUndefined();
  });

  it('is not there for what is no regular file: a folder, a FIFO that nobody writes, nothing', async () => {
    execFileSync('mkfifo', [join(layer, 'etc/pipe')]);
    for (const path of ['etc/deep', 'etc/pipe', 'etc/none', 'etc/deep/file/below']) {
      expect(await read(path)).toBeUndefined();
    }
  });

  it('is never that of a file outside, by a link at the end or on the way', async () => {
    symlinkSync(join(root, 'outside'), join(layer, 'etc/link'));
    symlinkSync(root, join(layer, 'etc/way'));
    expect(await read('etc/link')).toBeUndefined();
    expect(await read('etc/way/outside')).toBeUndefined();
  });

  it('is found by a name that is no UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${layer}/`), Buffer.of(0xff, 0xfe)]), 'odd');
    expect(await read('\xff\xfe')).toBe('odd');
  });
});
