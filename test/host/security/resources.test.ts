import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWhere } from '../../setup/it-where.ts';
import { withRoot } from '../../setup/with-root.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const LIMIT = 64;
const machine = withTarget(host, 'machine', {
  settings: [`pids.max=${LIMIT}`, 'memory.max=64M'],
});
const unlimited = withTarget(host, 'unlimited', {
  settings: [`pids.max=${LIMIT}`],
  weakenings: [{ without: '^cgroup-write .*pids\\.max' }],
});
const privileged = withTarget(host, 'privileged', { settings: ['privileged=true'] });
const uncovered = withTarget(host, 'uncovered', {
  settings: ['privileged=true'],
  weakenings: [{ of: 'namespaces', omit: 'cgroup' }],
});

describe('the control groups of the host', () => {
  it("are not seen from inside: the machine's own group is the root", async () => {
    const groups = await machine.ask('cat /proc/self/cgroup /proc/1/cgroup');
    for (const line of groups.split('\n')) expect(line).toMatch(/:\/$/);
    expect(await machine.ask('ls /sys/fs/cgroup')).not.toContain(host.cgroupParent);
    expect(await machine.ask('cat /proc/self/mountinfo')).not.toContain(host.cgroupParent);
  });

  it('would be seen without a cgroup namespace', async () => {
    expect(await uncovered.ask('cat /proc/self/cgroup')).toContain(`/${host.cgroupParent}/${uncovered.name}`);
  });

  // Whichever the host has: hierarchies of version 1 that a machine can mount, or none that it could.
  const hasLegacy = hierarchies().length > 0;
  for (const [who, target] of [
    ['a machine', machine],
    ['a privileged machine', privileged],
  ] as const) {
    itWhere(hasLegacy)(
      `are not reached by ${who} that mounts a hierarchy of version 1, nor is a release_agent (CVE-2022-0492)`,
      async () => {
        await target.shell(hierarchies().map(mountOf).join('\n'));
        expect(await target.ask('grep -c " /groups/.* cgroup " /proc/mounts')).toBe(
          String(hierarchies().length),
        );
        expect(await target.ask('find /groups /sys/fs/cgroup -name release_agent 2>/dev/null; true')).toBe(
          '',
        );
        expect(await target.ask('find /groups -mindepth 2 -type d 2>/dev/null; true')).toBe('');
      },
    );

    itWhere(!hasLegacy)(
      `are of version 2 alone, and ${who} makes none of version 1, which CVE-2022-0492 needs`,
      async () => {
        const wanted = ['pids', 'memory', 'freezer', 'devices', 'net_cls', 'none,name=made'];
        await target.shell(`${wanted.map(mountOf).join('\n')}\ntrue`);
        expect(await target.ask('grep -c " cgroup " /proc/mounts || true')).toBe('0');
      },
    );
  }
});

describe('the limits of a machine', () => {
  it('hold against its root: not written, not by a mount of its own, not by a group below', async () => {
    await machine.shell(`
      mkdir -p /groups/pids /groups/memory /sys/fs/cgroup/below
      mount -t cgroup -o pids none /groups/pids
      mount -t cgroup -o memory none /groups/memory
      for top in /sys/fs/cgroup /groups/pids /groups/memory; do
        for file in $top/pids.max $top/memory.max $top/memory.limit_in_bytes $top/memory.high; do
          echo max > $file; echo -1 > $file; chmod 666 $file; chown 0 $file
        done
        echo +pids +memory > $top/cgroup.subtree_control
      done 2>/dev/null`);
    expect(await limitOnHost('pids.max')).toBe(String(LIMIT));
    expect(await limitOnHost('memory.max', 'memory.limit_in_bytes')).toBe(String(64 * 1024 * 1024));
  });

  it('count all processes of the machine', async () => {
    const { stdout } = await machine.shell(`${await machine.planted('forks')} 500`);
    expect(Number(/processes (\d+)/.exec(stdout)?.[1])).toBeLessThan(LIMIT);
  });

  it('do not hold where they are not written before init is born', async () => {
    const { stdout } = await unlimited.shell(`${await unlimited.planted('forks')} ${2 * LIMIT}`);
    expect(stdout).toBe(`processes ${2 * LIMIT}\n`);
  });

  it('end the groups that it makes below its own: so many in one another would keep the host from removing them', async () => {
    const made = await machine.ask(
      'cd /sys/fs/cgroup; n=0; while mkdir d 2>/dev/null && cd d; do n=$((n+1)); done; echo $n',
    );
    expect(Number(made)).toBeLessThan(100);
    await host.done(['kill', machine.name]);
    await host.done(['start', machine.name]);
    expect(await machine.ask('ls -d /sys/fs/cgroup/d 2>/dev/null || echo removed')).toBe('removed');
  });

  it('cannot be left: no process moves to a group above or beside', async () => {
    await machine.shell(`
      sleep 86398.842 < /dev/null > /dev/null 2>&1 &
      pid=$!
      for procs in /sys/fs/cgroup/../cgroup.procs /sys/fs/cgroup/../../cgroup.procs /groups/*/../cgroup.procs /groups/*/cgroup.procs; do
        echo $pid > $procs
      done 2>/dev/null`);
    const sleepers = processesOf('86398.842');
    expect(sleepers).not.toEqual([]);
    for (const pid of sleepers) {
      for (const line of readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')) {
        const [, controllers, path] = line.split(':');
        if (['', 'pids', 'memory'].includes(controllers ?? '')) {
          expect(path).toMatch(new RegExp(`^/${host.cgroupParent}/${machine.name}(/|$)`));
        }
      }
    }
    await machine.shell('pkill -9 -f 86398.842');
  });
});

/** Mount options of all v1 hierarchies of this host; `none,` for those without a controller. */
function hierarchies(): readonly string[] {
  return readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[1] ?? '')
    .filter((options) => options !== '')
    .map((options) => (options.startsWith('name=') ? `none,${options}` : options));
}

function mountOf(options: string): string {
  return `mkdir -p /groups/${options}; mount -t cgroup -o ${options} none /groups/${options}`;
}

/** Of the machine's group in whichever hierarchy has the file. */
async function limitOnHost(...names: readonly string[]): Promise<string | undefined> {
  const tops = ['/sys/fs/cgroup', ...readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`)];
  for (const top of tops) {
    for (const name of names) {
      const path = `${top}/${host.cgroupParent}/${machine.name}/${name}`;
      if (statSync(path, { throwIfNoEntry: false }) !== undefined) return readFileSync(path, 'utf8').trim();
    }
  }
  return undefined;
}

function processesOf(argument: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false;
    }
  });
}
