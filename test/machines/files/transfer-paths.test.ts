import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  hostSource,
  hostTarget,
  machineSource,
  machineTarget,
} from '../../../src/machines/files/transfer-paths.ts';

describe('the ends of a copy', () => {
  it('are absolute on the host, and keep that all of a directory is meant', () => {
    expect(['a', 'a/', '/b', 'a/.', '.', '..', '/', 'a/..', '-', 'a.', 'a/...'].map(hostSource)).toEqual([
      resolve('a'),
      resolve('a'),
      '/b',
      `${resolve('a')}/.`,
      `${resolve('.')}/.`,
      `${resolve('..')}/.`,
      '/.',
      `${resolve('.')}/.`,
      '-',
      resolve('a.'),
      resolve('a/...'),
    ]);
  });

  it('are left as they are in a machine, which resolves them itself', () => {
    expect(['/a', '/a//', '/', '/a/../b', '/a/.'].map(machineSource)).toEqual([
      '/a',
      '/a',
      '/.',
      '/a/../b',
      '/a/.',
    ]);
    expect(machineTarget('/a/b')).toEqual({ path: '/a/b', into: false });
    expect(machineTarget('/a/b//')).toEqual({ path: '/a/b', into: true });
    expect(machineTarget('/')).toEqual({ path: '/', into: true });
    expect(machineTarget('/a/..')).toEqual({ path: '/a/..', into: true });
  });

  it('must be absolute in a machine', () => {
    for (const check of [machineSource, machineTarget]) {
      for (const path of ['a', '-', '', 'web:/a']) {
        expect(() => check(path)).toThrow(expect.objectContaining({ code: 'usage' }));
      }
    }
  });

  it('say by a slash or dot that the target is a directory', () => {
    expect(['x', 'x/', '.', 'x/..', 'x.', '-'].map((text) => hostTarget(text).into)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
