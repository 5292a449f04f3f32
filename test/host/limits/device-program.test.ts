/** The guard of devices in v2, in a group of its own: also on a host whose machines are guarded by v1's lists. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceRule, parseRule } from '../../../src/backends/native/cgroups/devices/device-rule.ts';
import { changeProgram, readProgram } from '../../../src/backends/native/cgroups/devices/unified-guard.ts';
import { readLayout } from '../../../src/backends/native/cgroups/layout.ts';
import { runMark } from '../../setup/test-run.ts';
import { HELPER } from '../native-machine.ts';

const { unified } = readLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
const group = `${unified}/${runMark()}-program`;
const rules = (...texts: readonly string[]) => texts.map((text) => parseRule(text) as DeviceRule);
const zero = rules('c 1:3 rw', 'c 1:5 r');

beforeAll(() => {
  if (unified === undefined) throw new Error('this host has no cgroup v2 tree: mount one to test its guard');
  mkdirSync(group);
});
afterAll(() => rmdirSync(group));

/** What a process of the group says when it opens a device: nothing if it can. */
function opening(how: '<' | '>', path: string): string {
  const script = `echo $$ > ${group}/cgroup.procs && exec 3${how}${path}`;
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stderr;
}

const put = (all: readonly DeviceRule[] | 'all') => changeProgram(group, all, HELPER);
const inForce = () => readProgram(group, HELPER);

describe('the program of a group', () => {
  it('is the last one that was put there, and what was there before is put back', () => {
    expect(inForce()).toBe('all');
    const takeBack = put(zero);
    expect(inForce()).toEqual(zero);
    expect(opening('<', '/dev/zero')).toBe('');
    expect(opening('>', '/dev/zero')).toContain('not permitted');
    expect(opening('<', '/dev/full')).toContain('not permitted');
    const takeBackNext = put(rules('c 1:3 rw', 'c 1:7 r'));
    expect(opening('<', '/dev/zero')).toContain('not permitted');
    expect(opening('<', '/dev/full')).toBe('');
    takeBackNext();
    expect(inForce()).toEqual(zero);
    takeBack();
    expect(inForce()).toBe('all');
    expect(opening('<', '/dev/full')).toBe('');
  });

  it('is taken away with all', () => {
    put(zero);
    const takeBack = put('all');
    expect(inForce()).toBe('all');
    takeBack();
    expect(inForce()).toEqual(zero);
    put('all');
  });

  it('is as long as the kernel still checks it in a moment', () => {
    const many = Array.from({ length: 256 }, (_, minor) =>
      rules(`c 10:${minor} ${minor % 2 ? 'r' : 'wm'}`),
    ).flat();
    put(many);
    expect(inForce()).toEqual(many);
    put('all');
  });

  it("stays as it was if the kernel refuses the next one, and the error has the verifier's words", () => {
    put(zero);
    // r0 is not set before the exit.
    const bad = spawnSync(HELPER, ['devices', 'put', group, '9500000000000000'], { encoding: 'latin1' });
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(/^failed\0.*BPF_PROG_LOAD\0EACCES\0.*R0 !read_ok/);
    expect(inForce()).toEqual(zero);
    put('all');
  });

  it('is refused for a group that is gone', () => {
    expect(() => changeProgram(`${group}-gone`, zero, HELPER)).toThrow(
      /devices\.allow: open .*-gone: ENOENT/,
    );
  });
});

describe('the helper', () => {
  it.each([[[]], [['list']], [['put', group]], [['remove', group, 'b7']], [['other', group]]])(
    'does nothing with devices %j',
    (words) => expect(spawnSync(HELPER, ['devices', ...words]).status).toBe(2),
  );
});
