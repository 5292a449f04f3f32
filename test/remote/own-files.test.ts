import { describe, expect, it } from 'vitest';
import { routeOf } from '../../src/remote/own-files.ts';

describe('files of this host in a command of another one', () => {
  it('has none in most commands', () => {
    const words = ['start', 'web'];
    expect(routeOf({ name: 'start', words, positions: [1] })).toEqual({ kind: 'none', words });
  });

  it('are what is pushed', () => {
    const words = ['push', '--owner', '5', 'web', 'a', './b/.', '/srv/'];
    const route = routeOf({ name: 'push', words, positions: [3, 4, 5, 6] });
    expect(route).toMatchObject({ kind: 'push', sources: ['a', './b/.'] });
    expect(route.kind === 'push' && route.words(['/t/0/a', '/t/1/b/.'])).toEqual([
      'push',
      '--owner',
      '5',
      'web',
      '/t/0/a',
      '/t/1/b/.',
      '/srv/',
    ]);
  });

  it('is where pulled files go, under the name that a person gave', () => {
    const words = ['pull', 'web', '/etc/hosts', '.'];
    const route = routeOf({ name: 'pull', words, positions: [1, 2, 3] });
    expect(route).toMatchObject({ kind: 'pull', target: '.' });
    expect(route.kind === 'pull' && route.words('/t/out/')).toEqual([
      'pull',
      'web',
      '/etc/hosts',
      '--shown-target=.',
      '/t/out/',
    ]);
  });

  it.each([
    ['push', ['push', 'web', '-', '/x'], [1, 2, 3]],
    ['pull', ['pull', 'web', '/x', '-'], [1, 2, 3]],
    ['import', ['import', '-', 'web'], [1, 2]],
    ['export', ['export', 'web', '-'], [1, 2]],
    ['create', ['create', 'web', '-t', 'busybox', '--user-data', '-'], [1]],
    ['exec', ['exec', 'web', '--', 'x', '--user-data', 'y'], [1, 3]],
  ])('are none where %s has a stream, or words of its own', (name, words, positions) => {
    expect(routeOf({ name, words, positions })).toEqual({ kind: 'none', words });
  });

  it('is an archive, which becomes a stream', () => {
    expect(routeOf({ name: 'import', words: ['import', 'a.tar.xz', 'web'], positions: [1, 2] })).toEqual({
      kind: 'input',
      path: 'a.tar.xz',
      words: ['import', '-', 'web'],
    });
  });

  it.each([
    ['a.tar.zst', 'zstd'],
    ['a.tar.xz', 'xz'],
    ['a.tar.gz', 'gzip'],
    ['a.tgz', 'gzip'],
    ['a.tar', 'none'],
  ])('says how %s is compressed', (path, how) => {
    expect(routeOf({ name: 'export', words: ['export', 'web', path, '-f'], positions: [1, 2] })).toEqual({
      kind: 'output',
      source: 'web',
      path,
      force: true,
      words: ['export', 'web', `--compress=${how}`, '-', '-f'],
    });
  });

  it.each([
    [
      ['create', '--user-data', 'f', 'web'],
      ['create', '--user-data', '-', 'web'],
    ],
    [
      ['create', 'web', '--user-data=f'],
      ['create', 'web', '--user-data=-'],
    ],
  ])('is user data: %j', (words, there) => {
    expect(routeOf({ name: 'create', words, positions: [] })).toEqual({
      kind: 'input',
      path: 'f',
      words: there,
    });
  });
});
