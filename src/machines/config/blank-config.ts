/** A machine's config before anybody decided anything. Pure. */

import { CONFIG_VERSION, type MachineConfig } from './config-schema.ts';

/** Bytes of console output kept, if nobody says otherwise. */
const CONSOLE_LOG_BYTES = 1024 * 1024;

export const blankSettings = {
  privileged: false,
  nesting: false,
  noNewPrivileges: false,
  seccomp: 'default',
  capabilities: { add: [], drop: [] },
  binds: [],
  tmpfs: [],
  rlimits: {},
  limits: {},
  console: { logBytes: CONSOLE_LOG_BYTES },
} as const satisfies Partial<MachineConfig>;

/** With something in place of what template, host and chance give. Never started, never saved. */
export const anyMachine: MachineConfig = {
  ...blankSettings,
  version: CONFIG_VERSION,
  backend: 'native',
  createdAt: '1970-01-01T00:00:00.000Z',
  machineId: '0'.repeat(32),
  template: { name: 'any', options: {} },
  imageKey: 'any',
  storage: { driver: 'overlay', layers: [] },
  idRange: { base: 0, count: 65_536 },
  init: {
    argv: ['/sbin/init'],
    environment: {},
    workingDirectory: '/',
    user: { uid: 0, gid: 0, groups: [] },
  },
  signals: { halt: 'auto', reboot: 'auto' },
};
