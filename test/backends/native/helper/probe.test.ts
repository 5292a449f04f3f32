import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeRecords } from '../../../../src/backends/native/records.ts';

const HELPER =
  process.env['TSMACHINE_TEST_HELPER'] ?? resolve(import.meta.dirname, '../../../../build/tsmachine-helper');

function probe(): ReadonlyMap<string, { readonly answer: string; readonly detail: string }> {
  const records = decodeRecords(execFileSync(HELPER, ['probe']));
  return new Map(
    records.map(({ arguments: [name = '', answer = '', detail = ''] }) => [name, { answer, detail }]),
  );
}

describe('the probe mode of the helper', () => {
  let features: ReturnType<typeof probe>;
  beforeAll(() => {
    features = probe();
  });

  it.each([
    'kernel',
    ...['user', 'mount', 'pid', 'network', 'uts', 'ipc', 'cgroup', 'time'].map((name) => `${name}-namespace`),
    ...['pidfd', 'openat2', 'close-range', 'mount-setattr', 'seccomp-filter', 'btrfs'],
    ...['idmapped-mount', 'idmapped-overlay', 'overlay-append-layers'],
    ...['clone-into-cgroup', 'cgroup-kill', 'cgroup-freeze', 'device-program', 'mark-program'],
  ])('answers yes or no for %s, and says more', (name) => {
    expect(features.get(name)?.answer).toMatch(/^(yes|no)$/);
    expect(features.get(name)?.detail).not.toBe('');
  });

  it('names the release of the running kernel', () => {
    const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
    expect(features.get('kernel')?.detail).toContain(release);
  });

  it('says of namespaces what the kernel was built with', () => {
    const built = readdirSync('/proc/self/ns');
    expect(features.get('time-namespace')?.answer).toBe(built.includes('time') ? 'yes' : 'no');
  });

  it('leaves no mount and no control group behind', () => {
    // In a mount namespace of its own, where nobody else mounts anything meanwhile.
    const count = 'wc -l </proc/self/mountinfo';
    const script = `${count}; "$0" probe >/dev/null; ${count}`;
    const counts = execFileSync('unshare', ['--mount', 'sh', '-c', script, HELPER], { encoding: 'utf8' });
    const [before, after] = counts.trim().split('\n');
    expect(after).toBe(before);
    const groups = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(' - cgroup2 '))
      .flatMap((line) => readdirSync(line.split(' ')[4] ?? '/'));
    expect(groups.filter((name) => name.startsWith('tsmachine-probe-'))).toEqual([]);
  });
});
