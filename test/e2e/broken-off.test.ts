/** Ctrl-C at a real terminal while something goes for good: what the person is told, and that the same command, given again, ends the work. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { type Person, personAt } from './terminal.ts';

const host = withRoot();
/** So many that a deletion is caught before its end. */
const MANY = 20_000;
let person: Person | undefined;

afterEach(async () => {
  await person?.close();
  person = undefined;
  const { machines } = JSON.parse(await host.done(['list', '--json']));
  const names = machines.map(({ name }: { readonly name: string }) => name);
  if (names.length > 0) await host.done(['destroy', '--now', '--force', ...names]);
  await host.done(['trash', 'empty', '--yes']);
});

function fill(machine: string): void {
  const folder = `${host.root}/machines/${machine}/storage/upper/srv/many`;
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < MANY; file += 1) closeSync(openSync(`${folder}/${file}`, 'w'));
}

/** The helper that does `deed`, stopped in the middle of it. */
async function stopped(pid: number, deed: string): Promise<number> {
  for (;;) {
    for (const child of childrenOf(pid)) {
      if (!commandOf(child).includes(deed)) continue;
      process.kill(child, 'SIGSTOP');
      return child;
    }
    await setImmediate();
  }
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function layersOf(machine: string): readonly string[] {
  return JSON.parse(readFileSync(`${host.root}/machines/${machine}/config.json`, 'utf8')).storage.layers;
}

/** As the machine would see them. */
async function filesIn(machine: string): Promise<number> {
  const { changes } = JSON.parse(await host.done(['diff', machine, '--json', '--', '/srv/many']));
  return changes.length - 1;
}

/** Gives what is on the screen then. */
async function breakOff(words: readonly string[], deed: string): Promise<string> {
  person = personAt(words, { env: host.env, columns: 200 });
  await stopped(person.pid, deed);
  person.type('\x03');
  expect(await person.ends).toBe(130);
  return person.screen();
}

const doctor = () => host.done(['doctor', '--no-color']);
const ALL_THERE = 'all are there, and nothing is left over';

async function expectClean(): Promise<void> {
  expect(await doctor()).toContain(ALL_THERE);
  for (const folder of ['trash', 'intents']) expect(readdirSync(`${host.root}/${folder}`)).toEqual([]);
  const { machines } = JSON.parse(await host.done(['list', '--json']));
  const named = machines.flatMap(({ name }: { readonly name: string }) => layersOf(name));
  expect(readdirSync(`${host.root}/layers`).filter((id) => id.startsWith('.'))).toEqual([]);
  expect(readdirSync(`${host.root}/layers`)).toEqual(expect.arrayContaining(named));
}

describe('Ctrl-C', () => {
  it('in trash empty keeps the entries whose turn has not come', async () => {
    await host.done(['create', 'web', '-t', 'busybox']);
    await host.done(['create', 'db', '-t', 'busybox']);
    fill('web');
    await host.done(['destroy', 'db']);
    await host.done(['destroy', 'web']);
    const screen = await breakOff(['trash', 'empty', '--yes'], 'remove');
    expect(screen).toMatch(
      /interrupted; of 2 entries 0 are removed for good, what is left of web\.\d+ will be, 1 stays in the trash/,
    );
    expect(screen).toContain(
      'the next command that changes a machine deletes it, or `tsmachine trash empty`',
    );
    expect(readdirSync(`${host.root}/trash`).map((name) => name.replace(/\d+/, ''))).toEqual([
      '.web.',
      'db.',
    ]);
    expect(await doctor()).not.toContain(ALL_THERE);
    expect(await host.done(['trash', 'empty', '--yes'])).toBe('1 entry removed for good\n');
    await expectClean();
  });

  it('in destroy --now says that the machine is gone', async () => {
    await host.done(['create', 'web', '-t', 'busybox']);
    fill('web');
    const screen = await breakOff(['destroy', 'web', '--now'], 'remove');
    expect(screen).toContain('interrupted; it is gone, and what is left of the files will be');
    const again = await host.cli(['destroy', 'web', '--now']);
    expect([again.code, readdirSync(`${host.root}/trash`)]).toEqual([3, []]);
    await expectClean();
  });

  it('in snapshot-remove leaves layers that show the same', async () => {
    await host.done(['create', 'web', '-t', 'busybox']);
    for (const name of ['one', 'two']) {
      fill('web');
      await host.done(['snapshot', 'web', name]);
    }
    const words = ['snapshot-remove', 'web', 'one', '--now'];
    const screen = await breakOff(words, 'merge');
    expect(screen).toContain('interrupted; they are gone, and layers are not all merged yet');
    expect(await filesIn('web')).toBe(MANY);
    expect((await host.cli(words)).code).toBe(3);
    expect(await filesIn('web')).toBe(MANY);
    expect(layersOf('web')).toHaveLength(2);
    await expectClean();
  });
});
