import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  chooseParent,
  isScopeIn,
  isSystemdHost,
  startScopeArguments,
} from '../../../../src/backends/native/cgroups/systemd-scope.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scope-'));
  mkdirSync(`${root}/proc/1`, { recursive: true });
  mkdirSync(`${root}/run/systemd/system`, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the scope of a systemd host', () => {
  it('is wanted only where systemd is PID 1', () => {
    writeFileSync(`${root}/proc/1/comm`, 'systemd\n');
    expect(isSystemdHost(root)).toBe(true);
    writeFileSync(`${root}/proc/1/comm`, 'sleep\n');
    expect(isSystemdHost(root)).toBe(false);
  });

  it('yields to a parent that was set by hand', () => {
    expect(chooseParent('mine', true)).toBe('mine');
    expect(chooseParent(undefined, true)).toBe('machine.slice/tsmachine.scope');
    expect(chooseParent(undefined, false)).toBe('tsmachine');
  });

  it('is asked for delegated, in machine.slice, with this process in it', () => {
    const text = startScopeArguments(42).join(' ');
    expect(text).toContain('StartTransientUnit ssa(sv)a(sa(sv)) tsmachine.scope fail 4 ');
    expect(text).toContain('PIDs au 1 42 Delegate b true 0');
    expect(text).toContain('Slice s machine.slice');
  });

  it('is recognised in /proc/PID/cgroup of v2 and of v1', () => {
    expect(isScopeIn('0::/machine.slice/tsmachine.scope\n')).toBe(true);
    expect(isScopeIn('4:memory:/machine.slice/tsmachine.scope\n0::/user.slice\n')).toBe(true);
    expect(isScopeIn('0::/user.slice/user-0.slice/session-1.scope\n')).toBe(false);
  });
});
