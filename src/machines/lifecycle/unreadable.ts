/** A stand-in for a machine whose config cannot be read: enough to ask for its state, kill it and put it away. */
import type { MachineConfig } from '../config-schema.ts';
import { CONFIG_VERSION } from '../config-schema.ts';
import type { Domain } from '../domain.ts';
import { type StoredMachine, storedMachine } from '../spec.ts';

/** Never started, never saved. */
export function bareMachine(domain: Domain, name: string): StoredMachine {
  const config: MachineConfig = {
    version: CONFIG_VERSION,
    backend: domain.backend.name,
    createdAt: new Date(0).toISOString(),
    machineId: '0'.repeat(32),
    template: { name: '', options: {} },
    imageKey: 'unknown',
    storage: { driver: 'overlay', layers: [] },
    idRange: { base: 0, count: 1 },
    privileged: false,
    nesting: false,
    noNewPrivileges: false,
    seccomp: 'default',
    capabilities: { add: [], drop: [] },
    init: {
      argv: ['/sbin/init'],
      environment: {},
      workingDirectory: '/',
      user: { uid: 0, gid: 0, groups: [] },
    },
    signals: { halt: 'auto', reboot: 'auto' },
    binds: [],
    tmpfs: [],
    rlimits: {},
    limits: {},
    console: { logBytes: 4096 },
  };
  return storedMachine(name, config, domain.paths);
}
