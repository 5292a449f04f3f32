import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepCopy, makeDirectory, writeAtomically, writeWhole } from '../../src/files/atomic-file.ts';
import { makeRoot } from '../fakes/machines-fixture.ts';

describe('an atomic write', () => {
  it('replaces the file and leaves nothing beside it', () => {
    const root = makeRoot();
    writeAtomically(join(root, 'file'), 'one');
    writeAtomically(join(root, 'file'), 'two');
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('two');
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('takes over what a writer that died left', () => {
    const root = makeRoot();
    writeFileSync(join(root, 'file.new'), 'half of a much longer te');
    writeAtomically(join(root, 'file'), 'whole');
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('whole');
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('that fails leaves what was', () => {
    const root = makeRoot();
    mkdirSync(join(root, 'file'));
    writeFileSync(join(root, 'file', 'inside'), '');
    expect(() => writeAtomically(join(root, 'file'), 'x')).toThrow();
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('that does not wait for the disk is as whole, and takes bytes too', () => {
    const root = makeRoot();
    writeFileSync(join(root, 'file'), 'old');
    writeFileSync(join(root, 'file.new'), 'half of a much longer te', { mode: 0o600 });
    writeWhole(join(root, 'file'), Buffer.from([0, 255]));
    expect(readFileSync(join(root, 'file'))).toEqual(Buffer.from([0, 255]));
    expect(statSync(join(root, 'file')).mode & 0o777).toBe(0o600);
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('never writes into the file that others have open', () => {
    const root = makeRoot();
    writeFileSync(join(root, 'file'), 'old');
    const reader = openSync(join(root, 'file'), 'r');
    writeWhole(join(root, 'file'), 'new');
    expect(readFileSync(reader, 'utf8')).toBe('old');
    closeSync(reader);
  });

  it('is for our eyes only, and so are the folders', () => {
    const root = makeRoot();
    makeDirectory(join(root, 'a', 'b'));
    writeAtomically(join(root, 'a', 'b', 'file'), 'x');
    expect(statSync(join(root, 'a', 'b', 'file')).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  });

  it('can keep the version before', () => {
    const root = makeRoot();
    const [file, copy] = [join(root, 'file'), join(root, 'copy')];
    for (const text of ['one', 'two', 'three']) {
      if (text !== 'one') {
        keepCopy(file, copy);
      }
      writeAtomically(file, text);
    }
    expect([readFileSync(file, 'utf8'), readFileSync(copy, 'utf8')]).toEqual(['three', 'two']);
  });
});
