import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageFolders } from '../../../../src/backends/nspawn/views/image-rows.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-rows-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const image = (name: string, type: string) =>
  ({ name, type, readOnly: false, createdAt: 0, modifiedAt: 0, usage: null, path: '/o' }) as const;

describe('the folder of an image', () => {
  it('is the first that has it; one that is not there has none', () => {
    mkdirSync(join(root, 'etc'));
    mkdirSync(join(root, 'lib/web'), { recursive: true });
    writeFileSync(join(root, 'lib/disk.raw'), '');
    const folders = ['run', 'etc', 'lib'].map((name) => join(root, name));
    const folderOf = imageFolders(folders);
    expect([folderOf(image('web', 'directory')), folderOf(image('disk', 'raw'))]).toEqual([
      join(root, 'lib'),
      join(root, 'lib'),
    ]);
  });

  it('is not told where a look into one fails: the image may be another one', () => {
    writeFileSync(join(root, 'etc'), '');
    expect(() => imageFolders([join(root, 'etc')])).toThrow('ENOTDIR');
  });
});
