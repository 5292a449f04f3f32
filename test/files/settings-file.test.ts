import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { settingsFile } from '../../src/files/settings-file.ts';

const home = mkdtempSync(join(tmpdir(), 'settings-file-'));
afterAll(() => rmSync(home, { recursive: true }));

test('it lies below XDG_CONFIG_HOME, or below .config where that is not an absolute path', () => {
  expect(settingsFile('a.json', { XDG_CONFIG_HOME: '/x' }, home).path).toBe('/x/tsmachine/a.json');
  expect(settingsFile('a.json', { XDG_CONFIG_HOME: 'x' }, home).path).toBe(
    `${home}/.config/tsmachine/a.json`,
  );
  expect(settingsFile('a.json', {}, home).path).toBe(`${home}/.config/tsmachine/a.json`);
});

test('one that is not there is nothing, and folders are made when it is written', () => {
  const file = settingsFile('a.json', {}, home);
  expect(file.read()).toBeUndefined();
  file.write('{}');
  expect(file.read()).toBe('{}');
});
