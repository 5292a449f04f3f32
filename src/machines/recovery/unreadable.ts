/** A stand-in for a machine whose config cannot be read: enough to ask for its state, kill it and put it away. */
import { anyMachine } from '../config/blank-config.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
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
  const config: MachineConfig = { ...anyMachine, backend: domain.backend.name };
  return storedMachine(name, config, domain.paths);
}
