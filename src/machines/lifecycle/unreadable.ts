/** A stand-in for a machine whose config cannot be read: enough to ask for its state, kill it and put it away. */
import { CONFIG_VERSION, type MachineConfig } from '../config-schema.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { type StoredMachine, storedMachine } from '../spec.ts';
import { loadMachine } from '../store/store.ts';

/** For the verbs that must also work then: stop, kill, destroy, and what the monitor asks. */
export function loadEvenBroken(domain: Domain, name: string): StoredMachine {
  try {
    return loadMachine(domain.paths, name);
  } catch (error) {
    if (error instanceof MachineError && error.code === 'invalid-config') {
      return bareMachine(domain, name);
    }
    throw error;
  }
}

/** Never started, never saved. */
function bareMachine(domain: Domain, name: string): StoredMachine {
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
