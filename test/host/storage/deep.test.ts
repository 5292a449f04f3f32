/** A machine whose paths are longer than any system call takes, with names as long as they may be: nothing that is done to files stops at that. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';

const { root, cli, done } = withRoot();

const LEVELS = 3_000;
/** Of one mkdir: 1,000 names of one letter, or a dozen of 255. */
const AT_ONCE = { d: 1_000, [`${'n'.repeat(254)}x`]: 12 };

/** `levels` directories in one another below `top`, and two files of one inode in the lowest and the topmost. */
function makeDeep(top: string, name: keyof typeof AT_ONCE, levels: number): void {
  const work = mkdtempSync(join(root, 'w-'));
  const [inner, outer] = [join(work, 'i'), join(work, 'o')];
  mkdirSync(inner);
  mkdirSync(top, { recursive: true });
  writeFileSync(join(inner, 'file'), 'text');
  execFileSync('ln', [join(inner, 'file'), join(top, 'linked')]);
  mkdirSync(join(inner, 'side'));
  for (let left = levels - 1; left > 0; left -= AT_ONCE[name] as number) {
    const longest = join(
      outer,
      ...Array<string>(Math.min(left, AT_ONCE[name] as number) - 1).fill(name as string),
    );
    mkdirSync(longest, { recursive: true });
    renameSync(inner, join(longest, name as string));
    renameSync(outer, inner);
  }
  renameSync(inner, join(top, name as string));
  rmdirSync(work);
}

/** What differs, as paths with their kinds. */
async function differences(...words: readonly string[]): Promise<readonly { path: string; kind: string }[]> {
  return JSON.parse(await done(['diff', '--json', ...words])).changes;
}

describe.each(['overlay', 'dir'] as const)('a %s machine with paths of many times 4,095 bytes', (driver) => {
  const name = `deep-${driver}`;
  const inside = (path: string) =>
    join(root, 'machines', name, 'storage', driver === 'overlay' ? 'upper' : 'root', path);

  it('is kept while it runs, cloned, compared, put back, exported and destroyed', async () => {
    await done(['create', name, '-t', 'busybox', '--storage', driver]);
    await done(['snapshot', name, 'before']);
    makeDeep(inside('root/deep'), 'd', LEVELS);
    makeDeep(inside('root/long'), Object.keys(AT_ONCE)[1] as string, 60);
    await done(['start', name]);
    await done(['snapshot', name, 'deep']);
    await done(['stop', name]);
    expect(await differences(name, `${name}@deep`)).toEqual([]);

    const added = await differences(`${name}@before`, name);
    const longest = added.map(({ path }) => path).filter((path) => path.startsWith('/root/long'));
    expect(Math.max(...longest.map((path) => path.length))).toBeGreaterThan(15_000);
    expect(added.filter(({ path }) => path.startsWith('/root/deep/d'))).toHaveLength(LEVELS + 2);

    await done(['clone', `${name}@deep`, `${name}-clone`]);
    expect((await differences(name, `${name}-clone`)).filter(({ path }) => path.startsWith('/root'))).toEqual(
      [],
    );

    await done(['revert', name, '/root/deep', '/root/long', '--from', `${name}@before`]);
    expect(readdirSync(inside('root')).filter((file) => /deep|long/.test(file))).toEqual([]);
    await done(['revert', name, '/root/deep', '--from', `${name}@deep`]);
    expect(await differences(name, `${name}@deep`, '--', '/root/deep')).toEqual([]);

    const archive = join(root, `${name}.tar.zst`);
    await done(['export', name, archive, '--snapshots']);
    const imported = await cli(['import', archive, `${name}-imported`]);
    expect(imported.code).not.toBe(0);
    expect(imported.stderr).toMatch(/has a path of \d+ bytes/);
    expect(imported.stderr).toMatch(/can be unpacked/);
    expect(imported.stderr.length).toBeLessThan(1_000);

    await done(['destroy', '--now', name, `${name}-clone`]);
    expect(existsSync(join(root, 'machines', name))).toBe(false);
    expect(readdirSync(join(root, 'trash'))).toEqual([]);
  });
});
