import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { readLaunchAnswer } from '../../../../src/backends/native/launching/answer.ts';

function failure(name: string, ...args: string[]): BackendError {
  try {
    readLaunchAnswer('web', [{ name, arguments: args }]);
  } catch (error) {
    if (error instanceof BackendError) return error;
  }
  throw new Error('no BackendError was thrown');
}

describe('the answer to a launch', () => {
  it('gives init and monitor of a machine that runs', () => {
    const records = [{ name: 'running', arguments: ['60', '1001', '50', '1000'] }];
    expect(readLaunchAnswer('web', records)).toEqual({ pid: 60, monitorPid: 50 });
  });

  it('names step, call, errno, path and a way out of a failure', () => {
    const error = failure('failed', 'inside', '7', 'mount', 'mount', 'EPERM', '/proc');
    expect(error.code).toBe('launch-failed');
    expect(error.step).toEqual({ section: 'inside', index: 7, operation: 'mount' });
    expect(error.syscall).toBe('mount');
    expect(error.errno).toBe('EPERM');
    expect(error.path).toBe('/proc');
    expect(error.hint).toMatch(/whole proc is visible/);
    expect(error.message).toBe('mount failed: mount /proc: EPERM');
  });

  it.each([
    ['exec', 'ENOENT', '/sbin/init', /no such init/],
    ['overlay', 'EOVERFLOW', '/x', /owned by root/],
    ['overlay', 'EINVAL', '/x', /id-mapped/],
    ['tree', 'EINVAL', '/srv', /cannot be id-mapped/],
    ['tree', 'EINVAL', '/var/lib/tsmachine/machines/web/storage/root', /privileged=true/],
    ['cgroup-write', 'ENOENT', '/sys/fs/cgroup/x/memory.max', /controller/],
    ['cgroup-create', 'EBUSY', '/sys/fs/cgroup/x', /Processes are left/],
    ['cgroup-payload', 'EBUSY', '/sys/fs/cgroup/x', /processes of its own/],
    ['namespaces', 'ENOSPC', '', /limit on namespaces/],
    ['write', 'ENOSPC', '/etc/x', /disk is full/],
    ['directory', 'ELOOP', '/dev', /symbolic link/],
  ])('knows what to do about %s %s', (operation, errno, path, hint) =>
    expect(failure('failed', 'outside', '1', operation, 'call', errno, path).hint).toMatch(hint),
  );

  it('tells a running machine, a refused plan and a dead helper apart', () => {
    expect(failure('busy', '/run/web').code).toBe('already-running');
    expect(failure('refused', '3', 'ranks go backwards').message).toContain('ranks go backwards');
    expect(() => readLaunchAnswer('web', [])).toThrow(/died before it said/);
  });
});
