import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeFile } from '../../src/files/remove-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'remove-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file is gone, and one that is not there is no error', () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  removeFile(path);
  expect(existsSync(path)).toBe(false);
  removeFile(path);
});

test('any other error is thrown, and a folder stays', () => {
  const path = join(folder, 'folder');
  mkdirSync(path);
  expect(() => removeFile(path)).toThrow(expect.objectContaining({ path }));
  expect(existsSync(path)).toBe(true);
});
