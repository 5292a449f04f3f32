import { describe, expect, it } from 'vitest';
import { controllerVersion, readLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { HYBRID_MOUNTINFO, LEGACY_MOUNTINFO, UNIFIED_MOUNTINFO } from './mountinfo.ts';

const allControllers = () => ['cpuset', 'cpu', 'io', 'memory', 'pids'];

describe('readLayout', () => {
  it('sees a v2 host, and takes the tree itself rather than a bind mount of a part of it', () => {
    const layout = readLayout(UNIFIED_MOUNTINFO, allControllers);
    expect(layout.kind).toBe('unified');
    expect(layout.unified).toBe('/sys/fs/cgroup');
    expect(layout.legacy).toEqual({});
  });

  it('sees a v1 host, with co-mounted controllers at one place and named hierarchies apart', () => {
    const layout = readLayout(LEGACY_MOUNTINFO, allControllers);
    expect(layout.kind).toBe('legacy');
    expect(layout.unified).toBeUndefined();
    expect(layout.legacy).toEqual({
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
      cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
      memory: '/sys/fs/cgroup/memory',
      freezer: '/sys/fs/cgroup/freezer',
      pids: '/sys/fs/cgroup/pids',
    });
    expect(layout.named).toEqual({ systemd: '/sys/fs/cgroup/systemd' });
  });

  it('sees a hybrid host: v1 controllers beside a v2 tree', () => {
    const layout = readLayout(HYBRID_MOUNTINFO, () => []);
    expect(layout.kind).toBe('hybrid');
    expect(layout.unified).toBe('/sys/fs/cgroup/unified');
    expect(controllerVersion(layout, 'memory')).toBe('legacy');
    expect(controllerVersion(layout, 'io')).toBeUndefined();
  });

  it('reads mount points with spaces, which the kernel writes in octal', () => {
    const text = '35 23 0:30 / /my\\040groups rw - cgroup2 none rw\n';
    expect(readLayout(text, allControllers).unified).toBe('/my groups');
  });
});
