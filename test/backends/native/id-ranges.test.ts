import { mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IdRanges, openIdRanges } from '../../../src/backends/native/id-ranges.ts';
import type { SubordinateIds } from '../../../src/backends/native/subordinate-ids.ts';

const FIRST = 0x20000000;
const SIZE = 65536;

let root: string;

beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/id-ranges-`);
});

afterEach(() => rmSync(root, { recursive: true }));

function registry(files: Partial<SubordinateIds> = {}): IdRanges {
  return openIdRanges(root, () => ({ subuid: '', subgid: '', ...files }));
}

/** The same text in both files. */
function both(text: string): SubordinateIds {
  return { subuid: text, subgid: text };
}

describe('the registry of id ranges', () => {
  it('gives aligned ranges of 65,536 from the container span, each to one machine', async () => {
    const ranges = registry();
    expect(await ranges.allocate('alpha')).toEqual({ base: FIRST, count: SIZE });
    expect(await ranges.allocate('beta')).toEqual({ base: FIRST + SIZE, count: SIZE });
    expect(readlinkSync(`${root}/ids/${FIRST}`)).toBe('alpha');
  });

  it('never gives one range twice, however many ask at once', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const given = await Promise.all(names.map((name) => registry().allocate(name)));
    expect(new Set(given.map(({ base }) => base)).size).toBe(60);
    const owners = given.map(({ base }) => readlinkSync(`${root}/ids/${base}`));
    expect(owners).toEqual(names);
    expect(readdirSync(`${root}/ids`)).toHaveLength(60);
  });

  it('gives a released range again', async () => {
    const ranges = registry();
    const range = await ranges.allocate('alpha');
    await ranges.release(range, 'alpha');
    await ranges.release(range, 'alpha');
    expect(await ranges.allocate('beta')).toEqual(range);
  });

  it("does not release or rename another machine's range", async () => {
    const ranges = registry();
    const range = await ranges.allocate('alpha');
    await expect(ranges.release(range, 'beta')).rejects.toThrow(/is not beta's but alpha/);
    await expect(ranges.rename(range, 'beta', 'gamma')).rejects.toThrow(/is not beta's but alpha/);
    await ranges.rename(range, 'alpha', 'beta');
    await ranges.rename(range, 'alpha', 'beta');
    expect(readlinkSync(`${root}/ids/${range.base}`)).toBe('beta');
  });

  it('frees the ranges of machines that are gone only when asked to', async () => {
    const ranges = registry();
    const [gone, kept] = [await ranges.allocate('gone'), await ranges.allocate('kept')];
    const stale = await ranges.findStale(['kept']);
    expect(stale).toEqual([{ range: gone, name: 'gone' }]);
    expect((await ranges.allocate('new')).base).not.toBe(gone.base);
    await ranges.reclaim(stale);
    expect(readdirSync(`${root}/ids`)).not.toContain(String(gone.base));
    expect(readdirSync(`${root}/ids`)).toContain(String(kept.base));
  });

  it('does not free a range that found a new owner meanwhile', async () => {
    const ranges = registry();
    const range = await ranges.allocate('gone');
    const stale = await ranges.findStale([]);
    rmSync(`${root}/ids/${range.base}`);
    symlinkSync('new', `${root}/ids/${range.base}`);
    await expect(ranges.reclaim(stale)).rejects.toThrow(/is not gone's but new/);
  });

  it('knows owners that an earlier version wrote into files', async () => {
    const ranges = registry();
    const range = await ranges.allocate('alpha');
    rmSync(`${root}/ids/${range.base}`);
    writeFileSync(`${root}/ids/${range.base}`, 'alpha');
    expect((await ranges.allocate('beta')).base).not.toBe(range.base);
    expect(await ranges.findStale(['beta'])).toEqual([{ range, name: 'alpha' }]);
    await ranges.rename(range, 'alpha', 'gamma');
    expect(readlinkSync(`${root}/ids/${range.base}`)).toBe('gamma');
  });

  it('has nothing stale before the first machine', async () => {
    expect(await registry().findStale([])).toEqual([]);
  });

  it('says what cannot be written and why', async () => {
    writeFileSync(`${root}/ids`, '');
    await expect(registry().allocate('alpha')).rejects.toMatchObject({
      name: 'BackendError',
      path: `${root}/ids`,
      hint: expect.any(String),
    });
  });
});

describe('subordinate ids', () => {
  it.each(['tsmachine', 'root', '0'])('of %s bound the ranges', async (owner) => {
    const ranges = registry(both(`${owner}:1000000:200000\n`));
    expect((await ranges.allocate('alpha')).base).toBe(16 * SIZE);
    expect((await ranges.allocate('beta')).base).toBe(17 * SIZE);
    await expect(ranges.allocate('gamma')).rejects.toMatchObject({
      hint: expect.stringContaining('/etc/subuid'),
    });
  });

  it('count only where both files give them', async () => {
    const files = { subuid: 'root:1000000:1000000\n', subgid: 'root:1500000:1000000\n' };
    expect((await registry(files).allocate('alpha')).base).toBe(23 * SIZE);
    expect((await registry({ subuid: 'root:1000000:1000000\n' }).allocate('beta')).base).toBe(FIRST);
  });

  it('that hold no aligned range are no bound', async () => {
    expect((await registry(both('root:100000:65536\n')).allocate('alpha')).base).toBe(FIRST);
  });

  it("of our own name go before root's", async () => {
    const files = both(`root:1000000:1000000\ntsmachine:${100 * SIZE}:${SIZE}\n`);
    expect((await registry(files).allocate('alpha')).base).toBe(100 * SIZE);
  });

  it("that are root's billion are begun in the container span, away from other managers", async () => {
    expect((await registry(both('root:1000000:1000000000\n')).allocate('alpha')).base).toBe(FIRST);
  });

  it('of others are never given, even when only one file says so and only a part is theirs', async () => {
    const files = {
      subuid: `alice:${FIRST}:1\n`,
      subgid: `# a comment\nbob:${FIRST + 2 * SIZE - 1}:2\nnonsense\n`,
    };
    expect((await registry(files).allocate('alpha')).base).toBe(FIRST + 3 * SIZE);
  });

  it('of others inside our own are left out', async () => {
    const files = both(`tsmachine:${32 * SIZE}:${3 * SIZE}\nalice:${32 * SIZE}:${SIZE}\n`);
    expect((await registry(files).allocate('alpha')).base).toBe(33 * SIZE);
  });
});
