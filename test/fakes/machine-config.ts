/** A valid config to vary. */
import type { MachineConfig } from '../../src/machines/config/config-schema.ts';

export const exampleConfig: MachineConfig = {
  version: 1,
  backend: 'native',
  createdAt: '2025-01-02T03:04:05.678Z',
  machineId: '0123456789abcdef0123456789abcdef',
  template: { name: 'tiny', options: { greeting: 'hello' } },
  imageKey: 'tiny-hello',
  storage: { driver: 'overlay', layers: ['layer-a', 'layer-b'] },
  idRange: { base: 100_000, count: 65_536 },
  privileged: false,
  nesting: false,
  noNewPrivileges: false,
  seccomp: 'default',
  capabilities: { add: [], drop: [] },
  init: {
    argv: ['/sbin/init'],
    environment: { PATH: '/bin' },
    workingDirectory: '/',
    user: { uid: 0, gid: 0, groups: [] },
  },
  signals: { halt: 'SIGUSR2', reboot: 'SIGTERM' },
  binds: [],
  tmpfs: [],
  rlimits: {},
  limits: {},
  console: { logBytes: 1024 * 1024 },
};
