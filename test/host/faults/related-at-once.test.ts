/** Several commands at once on machines that have layers, snapshots or the trash in common: each is done, or says that another is at work. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { destroyAll, namesIn } from './elsewhere.ts';
import { expectNothingLeaked, snapshotsOf, textIn, writeIn } from './kept-store.ts';

const host = withRoot();
const MARK = 'root/mark';
const BUSY = /another command is working on it/;

beforeEach(async () => {
  await host.done(['create', 'web', '-t', 'busybox']);
  for (const [word, snapshot] of [
    ['one', 'first'],
    ['two', 'second'],
  ] as const) {
    writeIn(host, 'web', MARK, word);
    await host.done(['snapshot', 'web', snapshot]);
  }
  writeIn(host, 'web', MARK, 'three');
});
afterEach(async () => {
  expectNothingLeaked(host);
  await destroyAll(host);
  await host.done(['trash', 'empty', '--yes']);
  expectNothingLeaked(host);
});

/** All at once; what failed says why. */
async function atOnce(
  commands: readonly (readonly string[])[],
  otherwise: RegExp,
): Promise<readonly number[]> {
  const results = await Promise.all(commands.map((args) => host.cli(args)));
  for (const { code, stderr } of results) if (code !== 0) expect(stderr).toMatch(otherwise);
  return results.map(({ code }) => code);
}

async function expectMarkInside(machine: string, word: string): Promise<void> {
  await host.done(['start', machine, '--if-needed']);
  expect(await host.done(['exec', machine, '--', 'cat', `/${MARK}`])).toBe(word);
}

describe('at once', () => {
  it('a machine is cloned, snapshotted and looked at', async () => {
    await atOnce(
      [
        ['clone', 'web', 'other'],
        ['snapshot', 'web', 'third'],
        ['diff', 'web@first', 'web'],
        ['snapshots', 'web'],
      ],
      BUSY,
    );
    const names = await namesIn(host);
    if (names.includes('other')) await expectMarkInside('other', 'three');
    if (snapshotsOf(host, 'web').includes('third')) expect(textIn(host, 'web@third', MARK)).toBe('three');
    expect([textIn(host, 'web', MARK), textIn(host, 'web@first', MARK)]).toEqual(['three', 'one']);
  });

  it.each(['web', 'web@first'])('%s is cloned and its machine destroyed for good', async (source) => {
    const codes = await atOnce(
      [
        ['clone', source, 'other'],
        ['destroy', 'web', '--now'],
      ],
      /another command|no machine "web"/,
    );
    expect(codes).toContain(0);
    const names = await namesIn(host);
    if (names.includes('web')) await host.done(['destroy', 'web', '--now']);
    await host.done(['trash', 'empty', '--yes']);
    if (names.includes('other')) await expectMarkInside('other', source === 'web' ? 'three' : 'one');
  });

  it('a snapshot is removed for good and a clone of it starts', async () => {
    const codes = await atOnce(
      [
        ['clone', 'web@second', 'other', '--start'],
        ['snapshot-remove', 'web', 'second', '--now'],
      ],
      /another command|no snapshot "second"/,
    );
    expect(codes).toContain(0);
    if ((await namesIn(host)).includes('other')) await expectMarkInside('other', 'two');
    expect([textIn(host, 'web', MARK), textIn(host, 'web@first', MARK)]).toEqual(['three', 'one']);
  });

  it('ten clones are made of one machine', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `c${index}`);
    const codes = await atOnce(
      names.map((name) => ['clone', 'web', name]),
      BUSY,
    );
    expect(codes).toContain(0);
    const made = (await namesIn(host)).filter((name) => name !== 'web');
    expect(made).toEqual(names.filter((_, index) => codes[index] === 0));
    for (const name of made) expect(textIn(host, name, MARK)).toBe('three');
    await expectMarkInside(made.at(-1) ?? '', 'three');
  });

  it('machines that share layers are destroyed for good while others are made', async () => {
    await host.done(['clone', 'web', 'a']);
    await host.done(['clone', 'web@first', 'b']);
    await atOnce(
      [
        ['destroy', 'a', '--now'],
        ['clone', 'b', 'c'],
        ['destroy', 'web', '--now'],
        ['snapshot', 'b', 'kept'],
        ['trash', 'empty', '--yes'],
      ],
      BUSY,
    );
    for (const name of (await namesIn(host)).filter((one) => one === 'b' || one === 'c'))
      expect(textIn(host, name, MARK)).toBe('one');
    // What could not be freed while others were at work goes with the next.
    await host.done(['destroy', 'b', '--now']);
  });

  it('the same destroy is undone twice: once only', async () => {
    await host.done(['destroy', 'web']);
    const codes = await atOnce(
      [['undo'], ['undo']],
      /another command|nothing to undo|there is no "web\.\d+" in the trash/,
    );
    expect(codes).toContain(0);
    expect(await namesIn(host)).toEqual(['web']);
    expect(textIn(host, 'web', MARK)).toBe('three');
  });

  it('a restore is undone twice: no state is lost', async () => {
    await host.done(['restore', 'web', 'first']);
    await atOnce([['undo'], ['undo']], BUSY);
    const states = ['web', ...snapshotsOf(host, 'web').map((name) => `web@${name}`)];
    const words = states.map((state) => textIn(host, state, MARK));
    expect(words).toEqual(expect.arrayContaining(['one', 'two', 'three']));
  });
});
