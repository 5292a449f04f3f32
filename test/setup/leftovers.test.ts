import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { describeLeftovers, findLeftovers, type LeftoverKind } from './leftovers.ts';
import { runFolder, runMark } from './test-run.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await ended(child);
});

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

/** A mark that nothing on this host carries yet. */
function freshMark(): string {
  return basename(mkdtempSync(join(runFolder(), `${runMark()}-`)));
}

async function sleeper(options: {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly fd?: number;
}): Promise<ChildProcess> {
  const { env = {}, cwd = '/', fd = 'ignore' } = options;
  const child = spawn('sleep', ['1000'], {
    env: { PATH: '/usr/bin:/bin', ...env },
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', fd],
  });
  children.push(child);
  await new Promise((resolve) => child.on('spawn', resolve));
  return child;
}

function seen(mark: string, kind: LeftoverKind): readonly string[] {
  return findLeftovers(mark)
    .filter((leftover) => leftover.kind === kind)
    .map(({ what, why }) => `${what} (${why})`);
}

describe('the search for leftovers', () => {
  it('finds nothing where nothing is', () => {
    expect(findLeftovers(freshMark())).toEqual([]);
  });

  it('finds a process by its environment, until it has ended', async () => {
    const mark = freshMark();
    const child = await sleeper({ env: { TSMACHINE_CGROUP_PARENT: mark } });
    expect(seen(mark, 'process')).toEqual([`${child.pid} sleep 1000 (its environment)`]);
    await ended(children.pop() as ChildProcess);
    expect(seen(mark, 'process')).toEqual([]);
  });

  it('finds a process by a file that it holds open, when it has changed all else', async () => {
    const mark = freshMark();
    const folder = join(runFolder(), mark);
    const child = await sleeper({ fd: openSync(join(folder, 'console.log'), 'w') });
    expect(seen(mark, 'process')).toEqual([`${child.pid} sleep 1000 (an open file)`]);
  });

  it('finds a process by its working directory', async () => {
    const mark = freshMark();
    const child = await sleeper({ cwd: join(runFolder(), mark) });
    expect(seen(mark, 'process')).toEqual([`${child.pid} sleep 1000 (its working directory)`]);
  });

  it('finds a folder that was not removed', () => {
    const mark = freshMark();
    const folder = join(tmpdir(), `${mark}-left`);
    mkdirSync(folder);
    try {
      expect(describeLeftovers(findLeftovers(mark))).toBe(`left behind: folder ${folder} (its name)`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does not count what another run has made', async () => {
    const mark = freshMark();
    await sleeper({ env: { TSMACHINE_CGROUP_PARENT: freshMark() } });
    expect(findLeftovers(mark)).toEqual([]);
  });
});
