import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSampleBus } from '../../scripts/sample-bus.mjs';
import { builtHelper, collect, projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const { root, env } = host;

const kinds = ['life', 'list', 'snapshot', 'clone', 'top', 'time-travel'] as const;
type Kind = (typeof kinds)[number];

/** A copy of the built program, to be spoiled. */
function copyProgram(name: string, kind: Kind = 'list'): { readonly dist: string; readonly cache: string } {
  const dist = join(root, name);
  cpSync(join(projectFolder, 'dist'), dist, { recursive: true });
  const caches = readdirSync(dist).filter(
    (file) => file.startsWith('main-') && file.endsWith(`.${kind}.cache`),
  );
  expect(caches).toHaveLength(1);
  return { dist, cache: join(dist, caches[0] ?? '') };
}

async function list(dist: string): Promise<unknown> {
  const words = [join(dist, 'cli.cjs'), 'list', '--json'];
  const child = spawn(process.execPath, words, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const { code, stdout, stderr } = await collect(child);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout).machines;
}

describe('the code cache', () => {
  it.each(kinds)('of %s is one that this Node takes', (kind) => {
    const { dist, cache } = copyProgram(kind, kind);
    const main = readFileSync(join(dist, 'main.cjs'), 'latin1');
    const script = new Script(main, { filename: join(dist, 'main.cjs'), cachedData: readFileSync(cache) });
    expect(script.cachedDataRejected).toBe(false);
  });

  it.each(['life', 'top', 'time-travel'])('of %s is, for the rest of the program too', (kind) => {
    const dist = join(projectFolder, 'dist');
    const cache = readdirSync(dist).find(
      (file) => file.startsWith('more-') && file.endsWith(`.${kind}.cache`),
    );
    const filename = join(dist, 'more.cjs');
    const cachedData = readFileSync(join(dist, cache ?? 'none'));
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
    expect(script.cachedDataRejected).toBe(false);
  });

  it.each(['dashboard', 'nspawn'])('of the part %s is one that this Node takes', (part) => {
    const dist = join(projectFolder, 'dist');
    const [cache = ''] = readdirSync(dist).filter((file) => file.startsWith(`${part}-`));
    expect(readFileSync(join(dist, `load-${part}.cjs`), 'utf8')).toContain(cache);
    const filename = join(dist, `${part}.cjs`);
    const cachedData = readFileSync(join(dist, cache));
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
    expect(script.cachedDataRejected).toBe(false);
  });

  it.each([
    ['list', 'list'],
    ['copy', 'clone'],
    ['restore', 'time-travel'],
    ['start', 'life'],
    ['constructor', 'life'],
  ] as const)('of a command line that begins with %s is that of %s', (word, kind) => {
    const loader = readFileSync(join(projectFolder, 'dist', 'cli.cjs'), 'utf8');
    const caches: readonly (readonly [string, string])[] = JSON.parse(
      /new Map\((.*?)\)\.get/.exec(loader)?.[1] ?? '',
    );
    const others = /\?\? '(.*)'/.exec(loader)?.[1];
    expect(new Map(caches).get(word) ?? others).toMatch(new RegExp(`\\.${kind}\\.cache$`));
  });

  it('may be missing', async () => {
    const { dist, cache } = copyProgram('missing');
    rmSync(cache);
    expect(await list(dist)).toEqual([]);
    expect(existsSync(cache)).toBe(false);
  });

  it.each([
    ['empty', (path: string) => truncateSync(path)],
    ['cut off', (path: string) => truncateSync(path, 100_000)],
    ['text', (path: string) => writeFileSync(path, 'no cache\n'.repeat(10_000))],
    ['zeros', (path: string) => writeFileSync(path, Buffer.alloc(readFileSync(path).length))],
    ['of another version of V8', (path: string) => flip(path, 4)],
    ['of a longer script', (path: string) => flip(path, 8)],
    ['made with other flags', (path: string) => flip(path, 12)],
  ])('may be %s', async (name, spoil) => {
    const { dist, cache } = copyProgram(name);
    spoil(cache);
    expect(await list(dist)).toEqual([]);
  });

  it('is not used for another script of the same length', async () => {
    const { dist } = copyProgram('other');
    const path = join(dist, 'cli.cjs');
    // The name of the cache in the loader is the hash of its script: another script's loader has another name.
    writeFileSync(path, readFileSync(path, 'utf8').replace(/main-[0-9a-f]{16}/, 'main-0123456789abcdef'));
    expect(await list(dist)).toEqual([]);
  });
});

describe('what is waited for most', () => {
  it('runs without the rest of the program', async () => {
    const { dist } = copyProgram('main-alone');
    await host.done(['create', 'web', '--template', 'busybox']);
    rmSync(join(dist, 'more.cjs'));
    const doneIn =
      (more: Readonly<Record<string, string>>) =>
      async (...words: readonly string[]): Promise<void> => {
        const child = spawn(process.execPath, [join(dist, 'cli.cjs'), ...words], {
          env: { ...process.env, ...env, TSMACHINE_HELPER: builtHelper, ...more },
          stdio: 'pipe',
        });
        expect([words, (await collect(child)).stderr]).toEqual([words, '']);
      };
    const done = doneIn({});
    const doneBesideMachined = doneIn({
      DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(root, 'bus')}`,
      TSMACHINE_BACKEND: 'nspawn',
    });
    await done('start', 'web');
    await done('list');
    await done('exec', 'web', 'true');
    await done('stop', 'web', '--timeout', '0');
    await done('start', 'web');
    await done('kill', 'web');
    await done('snapshot', 'web');
    await done('clone', 'web', 'copy');
    await done('internal', 'exited', 'web');
    const closeBus = await openSampleBus(join(root, 'bus'));
    onTestFinished(closeBus);
    await doneBesideMachined('list');
    await doneBesideMachined('start', 'web');
    await doneBesideMachined('exec', 'web', 'true');
    await doneBesideMachined('kill', 'web');
    expect(await list(join(projectFolder, 'dist'))).toMatchObject([{ name: 'copy' }, { name: 'web' }]);
  });
});

it('the rest of the program is never taken from another version, which was installed while this one ran', async () => {
  const { dist } = copyProgram('replaced');
  const more = join(dist, 'more.cjs');
  const text = readFileSync(more, 'latin1');
  const other = text.replace(/build:"\w+"/, 'build:"other"');
  expect(other).not.toBe(text);
  writeFileSync(more, other, 'latin1');
  const child = spawn(process.execPath, [join(dist, 'cli.cjs'), 'template', 'list'], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  expect(await collect(child)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('another version of tsmachine was installed while this one ran'),
  });
});

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}
