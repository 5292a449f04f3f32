import { describe, expect, it } from 'vitest';
import { inTreeOrder } from '../../../../../src/backends/native/storage/diff/candidates.ts';
import { changesBetween } from '../../../../../src/backends/native/storage/diff/changes.ts';
import type { FileState } from '../../../../../src/backends/storage.ts';
import { type Layer, readerOf } from './layers-in-memory.ts';

const image: Layer = {
  'bin/sh': 'shell',
  'etc/hosts': 'localhost',
  'etc/motd': 'hello',
  'etc/mtab': { to: '/proc/mounts' },
  'usr/share/doc/a': 'a',
  'usr/share/doc/b': 'b',
  'var/lib/db': 'data',
};

const machine = (...layers: readonly string[]): FileState => ({ driver: 'overlay', layers, tree: 'upper' });
const snapshot = (...layers: readonly string[]): FileState => ({
  driver: 'overlay',
  layers,
  tree: undefined,
});

async function changed(
  layers: Readonly<Record<string, Layer>>,
  from: FileState,
  to: FileState,
  below?: string,
): Promise<readonly string[]> {
  const told: string[] = [];
  for await (const { kind, path } of changesBetween(readerOf({ image, ...layers }), from, to, below)) {
    told.push(`${kind} ${path}`);
  }
  return told;
}

const sinceImage = (upper: Layer, below?: string) =>
  changed({ upper }, snapshot('image'), machine('image'), below);

describe('the changes of a machine against its image', () => {
  it('are none in a fresh machine', async () => {
    expect(await sinceImage({})).toEqual([]);
  });

  it('are told by kind, depth first', async () => {
    const upper: Layer = {
      'etc/hosts': 'localhost, web',
      'etc/motd': null,
      'etc/mtab': { to: '/etc/other' },
      'usr/share/doc/a': { text: 'a', mode: 0o600 },
      'srv/www/index': 'new',
      'var/lib/db': { to: '/elsewhere' },
    };
    expect(await sinceImage(upper)).toEqual([
      'modified /etc/hosts',
      'deleted /etc/motd',
      'modified /etc/mtab',
      'added /srv',
      'added /srv/www',
      'added /srv/www/index',
      'metadata /usr/share/doc/a',
      'type /var/lib/db',
    ]);
  });

  it('do not include what was only written anew with the same content, nor folders on the way', async () => {
    expect(await sinceImage({ 'etc/motd': 'hello' })).toEqual([]);
  });

  it('do not include what was made and removed again, and never was in the image', async () => {
    expect(await sinceImage({ 'etc/new': null })).toEqual([]);
  });

  it('tell a removed folder once, without what was in it', async () => {
    expect(await sinceImage({ 'usr/share': null })).toEqual(['deleted /usr/share']);
  });

  it('tell what a folder lost that was removed and made anew', async () => {
    const upper: Layer = { 'usr/share/doc': { opaque: true }, 'usr/share/doc/b': 'b' };
    expect(await sinceImage(upper)).toEqual(['deleted /usr/share/doc/a']);
  });

  it('tell a folder in place of a file, and what is in it', async () => {
    const upper: Layer = { 'etc/motd': {}, 'etc/motd/today': 'hi' };
    expect(await sinceImage(upper)).toEqual(['type /etc/motd', 'added /etc/motd/today']);
  });

  it('tell a file in place of a folder, without what was in that', async () => {
    expect(await sinceImage({ 'usr/share': 'flat' })).toEqual(['type /usr/share']);
  });

  it('can be asked of one path alone', async () => {
    const upper: Layer = { 'etc/hosts': 'other', 'var/lib/db': 'other' };
    expect(await sinceImage(upper, '/var')).toEqual(['modified /var/lib/db']);
    expect(await sinceImage(upper, '/etc/hosts')).toEqual(['modified /etc/hosts']);
    expect(await sinceImage(upper, '/usr')).toEqual([]);
  });

  it('carry the attributes of both sides', async () => {
    const upper: Layer = { 'etc/motd': { text: 'longer text', mode: 0o600 } };
    const reader = readerOf({ image, upper });
    for await (const change of changesBetween(reader, snapshot('image'), machine('image'))) {
      expect(change).toMatchObject({ before: { size: 5, mode: 0o644 }, after: { size: 11, mode: 0o600 } });
    }
  });
});

describe('the changes between states with layers of their own', () => {
  const layers: Readonly<Record<string, Layer>> = {
    one: { 'etc/hosts': 'one', 'etc/motd': null },
    two: { 'etc/motd': 'two', 'usr/share/doc': { opaque: true } },
    upper: { 'usr/share/doc/c': 'c' },
  };

  it('are those of all layers that only one has, and each path is told once', async () => {
    expect(await changed(layers, snapshot('image'), machine('two', 'one', 'image'))).toEqual([
      'modified /etc/hosts',
      'modified /etc/motd',
      'deleted /usr/share/doc/a',
      'deleted /usr/share/doc/b',
      'added /usr/share/doc/c',
    ]);
  });

  it('go both ways', async () => {
    expect(await changed(layers, machine('two', 'one', 'image'), snapshot('one', 'image'))).toEqual([
      'deleted /etc/motd',
      'added /usr/share/doc/a',
      'added /usr/share/doc/b',
      'deleted /usr/share/doc/c',
    ]);
  });

  it('of trees without layers are those of everything', async () => {
    const trees = { before: image, after: { ...image, 'bin/sh': 'other shell', 'new': 'n' } };
    const tree = (name: string): FileState => ({ driver: 'dir', layers: ['image'], tree: name });
    expect(await changed(trees, tree('before'), tree('after'))).toEqual(['modified /bin/sh', 'added /new']);
  });
});

describe('the order of paths', () => {
  it('puts a folder right before what is in it', () => {
    expect(['a-b', 'a/b', 'a', 'a/b/c', 'a.b', ''].sort(inTreeOrder)).toEqual([
      '',
      'a',
      'a/b',
      'a/b/c',
      'a-b',
      'a.b',
    ]);
  });
});
