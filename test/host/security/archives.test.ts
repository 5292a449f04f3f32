/** Archives that somebody made to be imported: nothing is written but the new machine, and what is refused leaves nothing behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore } from '../faults/store-state.ts';
import { type CraftedEntry, END, entry, tar } from './crafted-archive.ts';

const host = withRoot();
const outside = join(host.root, 'outside');
const file = join(host.root, 'crafted.tar');

// biome-ignore lint/suspicious/noExplicitAny: it is written to be wrong in each way there is.
type Json = any;
let manifest: Json;

beforeAll(async () => {
  mkdirSync(outside);
  writeFileSync(join(outside, 'target'), 'untouched');
  await host.done(['create', 'model', '-t', 'busybox']);
  await host.done(['export', 'model', join(host.root, 'model.tar')]);
  execFileSync('tar', ['-xf', 'model.tar', 'tsmachine.json'], { cwd: host.root });
  manifest = JSON.parse(readFileSync(join(host.root, 'tsmachine.json'), 'utf8'));
});

// One that got in must not be in the way of the next.
afterEach(async () => {
  if (existsSync(join(host.root, 'machines', 'crafted'))) await host.done(['destroy', '--now', 'crafted']);
});

function about(change: Json = {}): CraftedEntry {
  return { path: 'tsmachine.json', content: JSON.stringify({ ...manifest, ...change }) };
}

const top: CraftedEntry = { path: 'states/0/', type: '5', mode: 0o755 };
const etc: CraftedEntry = { path: 'states/0/etc/', type: '5', mode: 0o755 };

async function importFile(content: Buffer, ...words: readonly string[]) {
  writeFileSync(file, content);
  return host.cli(['import', file, 'crafted', ...words]);
}

function storedConfig(): Json {
  return JSON.parse(readFileSync(join(host.root, 'machines', 'crafted', 'config.json'), 'utf8'));
}

function expectNothingLeft(): void {
  expect(readdirSync(join(host.root, 'machines'))).toEqual(['model']);
  expect(readdirSync(join(host.root, 'layers'))).toHaveLength(1);
  expectConsistentStore(host);
  expect(readdirSync(outside)).toEqual(['target']);
  expect(readFileSync(join(outside, 'target'), 'utf8')).toBe('untouched');
}

async function expectRefused(content: Buffer, words: RegExp, ...options: readonly string[]): Promise<void> {
  const { code, stderr } = await importFile(content, ...options);
  expect(stderr).toMatch(words);
  expect(code).toBe(1);
  expectNothingLeft();
}

/** The files of a machine that was imported all the same; it is gone afterwards. */
async function imported<T>(content: Buffer, look: (folder: string) => T | Promise<T>): Promise<T> {
  const { code, stderr } = await importFile(content, '--storage', 'dir');
  expect(stderr.replace(/^crafted: not taken over.*\n/, '')).toBe('');
  expect(code).toBe(0);
  try {
    return await look(join(host.root, 'machines', 'crafted', 'storage', 'root'));
  } finally {
    await host.done(['destroy', '--now', 'crafted']);
    expectNothingLeft();
  }
}

describe('names that lead out', () => {
  it.each([
    ['/etc/passwd', /does not lie in a state/],
    [`states/0/../../../${outside}/new`, /does not lie in a state/],
    ['states/0/./x', /does not lie in a state/],
    ['states/0//x', /does not lie in a state/],
    ['../new', /does not lie in a state/],
    ['states/1/x', /belongs to none of its 1 states/],
    ['states/00/x', /does not lie in a state/],
    ['tsmachine.json', /does not lie in a state/],
    ['machine/config.json', /does not lie in a state/],
  ])('%s', async (path, words) => {
    await expectRefused(tar(about(), top, { path, content: 'evil' }), words);
    const extended = { path };
    await expectRefused(tar(about(), top, { path: 'states/0/x', content: 'evil', extended }), words);
  });

  it('by a symbolic link, and a file through it', async () => {
    const link = { path: 'states/0/way', type: '2', link: outside };
    const through = { path: 'states/0/way/new', content: 'evil' };
    await expectRefused(tar(about(), top, link, through), /cannot unpack the archive: states\/0\/way\/new/);
    const upwards = { path: 'states/0/way', type: '2', link: '../../../../outside' };
    await expectRefused(tar(about(), top, upwards, through), /cannot unpack the archive/);
    // Within the machine it is a tree as any other.
    const inside = { path: 'states/0/way', type: '2', link: 'etc' };
    const found = await imported(tar(about(), top, etc, inside, through), (root) =>
      readdirSync(`${root}/etc`),
    );
    expect(found).toContain('new');
  });

  it('by a hard link', async () => {
    for (const link of [
      join(outside, 'target'),
      '../../../outside/target',
      'tsmachine.json',
      'states/0/../x',
    ]) {
      const hard = { path: 'states/0/hard', type: '1', link };
      await expectRefused(tar(about(), top, hard), /is a hard link to elsewhere/);
    }
  });

  it('by a link that is written by the host afterwards', async () => {
    const link = { path: 'states/0/etc', type: '2', link: outside };
    await expectRefused(tar(about(), top, link), /the identity/, '--storage', 'dir');
    const hostname = { path: 'states/0/etc/hostname', type: '2', link: join(outside, 'target') };
    const isLink = await imported(tar(about(), top, etc, hostname), (root) =>
      lstatSync(`${root}/etc/hostname`).isSymbolicLink(),
    );
    expect(isLink).toBe(false);
  });
});

describe('what is no plain file', () => {
  it('device nodes are kept, and open nothing', async () => {
    const zero = { path: 'states/0/zero', type: '3', device: [1, 5] as const, mode: 0o666 };
    const isNode = await imported(tar(about(), top, etc, zero), (root) =>
      lstatSync(`${root}/zero`).isCharacterDevice(),
    );
    expect(isNode).toBe(true);
  });

  it('set-user-id programs stay behind the closed folder', async () => {
    const program = { path: 'states/0/su', content: 'x', mode: 0o4755 };
    await imported(tar(about(), top, etc, program), (root) => {
      expect(lstatSync(`${root}/su`).mode & 0o7777).toBe(0o4755);
      expect(lstatSync(host.root).mode & 0o77).toBe(0);
    });
  });

  it.each([
    [{ path: 'states/0/gone', type: '3' }, /is a whiteout of an overlay/],
    [{ path: 'states/0/gone', type: 'S' }, /is of a kind that no export has/],
    [{ path: 'states/0/gone', type: 'L', content: 'states/0/longer' }, /is of a kind that no export has/],
    [{ path: 'x', type: 'g', content: '13 path=/etc\n' }, /is of a kind that no export has/],
    [{ path: 'states/0/dir/', type: '5', content: 'hidden' }, /is a directory with content/],
  ] as const)('%o is refused', async (given, words) => {
    await expectRefused(tar(about(), top, given), words);
  });

  it.each([
    'trusted.overlay.redirect',
    'trusted.overlay.opaque',
    'trusted.other',
    'security.selinux',
    'system.posix_acl_access',
  ])('the attribute %s is refused', async (name) => {
    const extended = { [`SCHILY.xattr.${name}`]: '/etc' };
    const given = { path: 'states/0/dir/', type: '5', extended };
    await expectRefused(tar(about(), top, given), new RegExp(`has the extended attribute ${name}`));
  });

  it.each(['GNU.sparse.name', 'GNU.sparse.map', 'SCHILY.realsize', 'hdrcharset'])(
    'the key %s is refused',
    async (key) => {
      const extended = { [key]: '/etc/passwd' };
      await expectRefused(tar(about(), top, { path: 'states/0/x', extended }), /which no export has/);
    },
  );
});

describe('too much', () => {
  it('a small file with huge content is stopped at the limit, which is named', async () => {
    const bomb = { path: 'states/0/zeros', content: Buffer.alloc(64 * 2 ** 20) };
    const packed = gzipSync(tar(about(), top, bomb));
    expect(packed.length).toBeLessThan(100_000);
    const limit = /more than 32\.0 MiB/;
    await expectRefused(tar(about(), top, bomb), limit, '--max-size', '32M');
    await expectRefused(
      packed,
      /more than 32\.0 MiB, all that --max-size allows[\s\S]*--max-size/,
      '--max-size',
      '32M',
    );
  });

  it('files without number are stopped, each counted as it takes room', async () => {
    const one = entry({ path: 'states/0/again' });
    const many = Buffer.concat([entry(about()), entry(top), ...Array<Buffer>(5000).fill(one), END]);
    await expectRefused(gzipSync(many), /more than 16\.0 MiB/, '--max-size', '16M');
  });

  it('a sparse file of absurd length is refused', async () => {
    const extended = {
      'GNU.sparse.size': String(2 ** 60),
      'GNU.sparse.numblocks': '1',
      'GNU.sparse.offset': '0',
      'GNU.sparse.numbytes': '0',
    };
    await expectRefused(
      tar(about(), top, { path: 'states/0/long', extended }),
      /longer than any file can be/,
    );
  });

  it('an extended header, or a manifest, of absurd length is refused', async () => {
    const header = entry({ path: 'x', type: 'x', content: '' });
    header.write('77777777777', 124);
    header.write('        ', 148);
    header.write(
      header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0'),
      148,
    );
    await expectRefused(Buffer.concat([entry(about()), header, END]), /an extended header is wrong/);
    const long = entry({ path: 'tsmachine.json' });
    header.copy(long, 124, 124, 136);
    long.write('        ', 148);
    long.write(
      long
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0'),
      148,
    );
    await expectRefused(Buffer.concat([long, END]), /tsmachine.json is too long/);
  });
});

describe('a manifest that lies', () => {
  const state = (more: Json = {}) => ({ snapshot: null, base: null, removed: [], ...more });
  const kept = (name: string, more: Json = {}) => ({
    version: 1,
    name,
    machine: 'model',
    createdAt: '2026-01-31T12:00:00.000Z',
    parent: null,
    automatic: false,
    config: manifest.config,
    ...more,
  });
  const refusals: readonly (readonly [string, () => Json, RegExp])[] = [
    ['no states', () => ({ states: [] }), /"states"/],
    ['a newer version', () => ({ version: 2 }), /version 2/],
    ['an unknown key', () => ({ extra: 1 }), /unknown key "extra"/],
    ['a name that is a path', () => ({ name: '../x' }), /must be the name of a machine/],
    ['a host name with a newline', () => ({ hostname: 'x\n' }), /must be a host name/],
    [
      'a config that is none',
      () => ({ config: { ...manifest.config, privileged: 'yes' } }),
      /"config.privileged"/,
    ],
    ['a present state that goes on from none', () => ({ states: [state({ base: 0 })] }), /goes on from none/],
    [
      'states that go on from each other',
      () => ({ states: [state({ snapshot: kept('a'), base: 1 }), state({ base: 0 })] }),
      /goes on from none/,
    ],
    [
      'parents in a circle',
      () => ({
        states: [
          state({ snapshot: kept('a', { parent: 'b' }) }),
          state({ snapshot: kept('b', { parent: 'a' }), base: 0 }),
          state({ base: 0 }),
        ],
      }),
      /its own ancestor/,
    ],
    [
      'two snapshots of one name',
      () => ({
        states: [state({ snapshot: kept('a') }), state({ snapshot: kept('a'), base: 0 }), state({ base: 0 })],
      }),
      /two snapshots have one name/,
    ],
    [
      'a comment of many lines',
      () => ({ states: [state({ snapshot: kept('a', { comment: 'a\nb' }) }), state({ base: 0 })] }),
      /its comment is too long, or has control characters/,
    ],
    [
      'a snapshot whose name is a path',
      () => ({ states: [state({ snapshot: kept('../../x') }), state({ base: 0 })] }),
      /a snapshot has a wrong name/,
    ],
    [
      'a removed path that leads out',
      () => ({
        states: [
          state({ snapshot: kept('a') }),
          state({ base: 0, removed: [Buffer.from('../../x').toString('base64')] }),
        ],
      }),
      /a removed path leads elsewhere/,
    ],
    [
      'a snapshot that is not there',
      () => ({ config: { ...manifest.config, storage: { ...manifest.config.storage, snapshot: 'a' } } }),
      /there is no snapshot a/,
    ],
  ];
  it.each(refusals)('%s', async (_, change, words) => {
    await expectRefused(tar(about(change()), top), words);
  });

  it('states that are missing, or are no directories', async () => {
    await expectRefused(tar(about()), /states/);
    await expectRefused(tar(about(), { path: 'states/0', content: 'x' }), /a state is no directory/);
    await expectRefused(
      tar(about(), { path: 'states/0', type: '2', link: outside }),
      /a state is no directory/,
    );
    const two = { states: [state({ snapshot: kept('a') }), state({ base: 0 })] };
    await expectRefused(tar(about(two), top), /state 1 is missing/);
  });

  it('a removed path through a symbolic link', async () => {
    const removed = [Buffer.from('way/target').toString('base64')];
    const states = [state({ snapshot: kept('a') }), state({ base: 0, removed })];
    const link = { path: 'states/1/way', type: '2', link: outside };
    await expectRefused(tar(about({ states }), top, { ...top, path: 'states/1/' }, link), /hide files/);
  });

  it('settings that open the host are left out, and said; trust takes them over', async () => {
    const config = {
      ...manifest.config,
      privileged: true,
      binds: [{ source: outside, path: '/outside', readOnly: false }],
      capabilities: { add: ['sys_module'], drop: [] },
      seccomp: 'off',
      apparmor: 'off',
    };
    const states = [state({ snapshot: kept('a', { config }) }), state({ base: 0 })];
    const crafted = tar(about({ config, states }), top, etc, { ...top, path: 'states/1/' });
    const { stderr } = await importFile(crafted);
    expect(stderr).toContain(
      'not taken over, since it opens the host: privileged, seccomp, apparmor, capabilities.add, binds',
    );
    await host.done(['restore', 'crafted', 'a']);
    const closed = { privileged: false, binds: [], seccomp: 'default', capabilities: { add: [], drop: [] } };
    expect(storedConfig()).toMatchObject(closed);
    await host.done(['destroy', '--now', 'crafted']);
    expect((await importFile(crafted, '--trust')).stderr).toBe('');
    expect(storedConfig()).toMatchObject({
      privileged: true,
    });
    await host.done(['destroy', '--now', 'crafted']);
    expectNothingLeft();
  });
});

describe('what is no archive', () => {
  const whole = () => tar(about(), top, etc);
  const cases: readonly (readonly [string, () => Buffer, RegExp])[] = [
    ['nothing', () => Buffer.alloc(0), /this is no archive of a machine/],
    ['text', () => Buffer.from('hello\n'.repeat(500)), /this is no archive of a machine/],
    ['another tar', () => tar(top), /this is no archive of a machine/],
    ['another tar, compressed', () => gzipSync(tar(top)), /this is no archive of a machine/],
    ['a manifest alone, cut off', () => whole().subarray(0, 600), /it is cut off/],
    ['cut off', () => whole().subarray(0, -2000), /it is cut off/],
    ['without its end', () => whole().subarray(0, -1024), /it is cut off/],
    [
      'compressed and cut off',
      () => gzipSync(whole()).subarray(0, -20),
      /unexpected end of file[\s\S]*hint: It is damaged or cut off/,
    ],
    [
      'damaged zstd',
      () => Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.alloc(1000, 7)]),
      /cannot read the archive: .*zstd|stdin/,
    ],
    [
      'something after its end',
      () => Buffer.concat([whole(), Buffer.from('more')]),
      /something follows its end/,
    ],
    ['two archives', () => Buffer.concat([whole(), whole()]), /something follows its end/],
    [
      'two archives, compressed',
      () => gzipSync(Buffer.concat([whole(), whole()])),
      /something follows its end/,
    ],
    [
      'something after what is compressed',
      () => Buffer.concat([gzipSync(whole()), Buffer.from('more')]),
      /trailing garbage/,
    ],
    [
      'headers that are none',
      () => Buffer.concat([whole().subarray(0, -1024), Buffer.alloc(512, 'x'), END]),
      /what should be a header is none/,
    ],
  ];
  it.each(cases)('%s', async (_, content, words) => {
    await expectRefused(content(), words);
  });

  it('a directory, or no file', async () => {
    expect((await host.cli(['import', outside])).stderr).toContain('is a directory, no archive');
    expect((await host.cli(['import', join(outside, 'none')])).stderr).toMatch(
      /there is no file[\s\S]*ENOENT/,
    );
    expect(existsSync(join(outside, 'none'))).toBe(false);
  });
});
