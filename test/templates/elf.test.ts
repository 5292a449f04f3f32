import { describe, expect, it } from 'vitest';
import { examineElf } from '../../src/templates/busybox/elf.ts';
import { elfFile, scratchFile } from './fake-host.ts';

const [load, interpreter] = [1, 3];
const [x64, arm64] = [62, 183];

describe('examineElf', () => {
  it('calls a program without an interpreter static', async () => {
    const path = scratchFile('busybox', elfFile(x64, [load, load]));
    expect(await examineElf(path, 'x64')).toBe('static');
  });

  it('calls a program with an interpreter dynamic', async () => {
    const path = scratchFile('busybox', elfFile(x64, [load, interpreter]));
    expect(await examineElf(path, 'x64')).toBe('dynamic');
  });

  it('calls this very Node, which loads shared libraries, dynamic', async () => {
    expect(await examineElf(process.execPath)).toBe('dynamic');
  });

  it('tells a program for another processor', async () => {
    const path = scratchFile('busybox', elfFile(arm64, [load]));
    expect(await examineElf(path, 'x64')).toBe('foreign');
  });

  it.each([
    ['a script', Buffer.from('#!/bin/sh\n'.padEnd(100))],
    ['an empty file', Buffer.alloc(0)],
    ['a truncated program', elfFile(x64, [load, load]).subarray(0, 100)],
  ])('calls %s no ELF program', async (_what, content) => {
    expect(await examineElf(scratchFile('busybox', content), 'x64')).toBe('not-elf');
  });
});
