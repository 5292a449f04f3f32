import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findLeftovers, type LeftoverKind } from '../setup/leftovers.ts';
import { withRoot } from '../setup/with-root.ts';

const { root, cgroupParent: mark } = withRoot();

function seen(kind: LeftoverKind): readonly string[] {
  return findLeftovers(mark)
    .filter((leftover) => leftover.kind === kind)
    .map(({ what }) => what);
}

/** One writable hierarchy of this host, whatever its layout. */
function someCgroupMount(): string {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const line =
    lines.find((text) => / - cgroup2 /.test(text)) ?? lines.find((text) => / - cgroup /.test(text));
  return line?.split(' ')[4] ?? '';
}

describe('the search for leftovers, as root', () => {
  it('finds a cgroup and those below it, deepest first', () => {
    const parent = join(someCgroupMount(), mark);
    mkdirSync(join(parent, 'machine'), { recursive: true });
    onTestFinished(() => {
      rmdirSync(join(parent, 'machine'));
      rmdirSync(parent);
    });
    expect(seen('cgroup')).toEqual([join(parent, 'machine'), parent]);
  });

  it('finds a mount', () => {
    const path = join(root, 'mounted');
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', 'none', path]);
    onTestFinished(() => {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    });
    expect(seen('mount')).toEqual([path]);
  });

  it('finds a loop device', () => {
    const file = join(root, 'disk');
    writeFileSync(file, '');
    truncateSync(file, 1 << 20);
    const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
    onTestFinished(() => {
      execFileSync('losetup', ['--detach', device]);
      rmSync(file);
    });
    expect(seen('loop device')).toEqual([device]);
  });

  it('finds a named network namespace', () => {
    mkdirSync('/run/netns', { recursive: true });
    const path = join('/run/netns', mark);
    writeFileSync(path, '');
    onTestFinished(() => rmSync(path));
    expect(seen('network namespace')).toEqual([mark]);
  });
});
