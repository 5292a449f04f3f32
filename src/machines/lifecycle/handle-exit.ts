/**
 * What comes after a machine's end: asked of the command that its monitor runs (on-exit), or of one that waits for the end and
 * took that part, which saves starting another process. It must never take the machine's lock: a `stop` that waits for this
 * very end holds it.
 */
import type { AfterExit, ExitRecord } from '../../backends/backend.ts';
import { type Domain, record } from '../domain.ts';
import type { MachineEvent } from '../events.ts';
import { readIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';
import { loadEvenBroken } from './unreadable.ts';

export function handleExit(domain: Domain, name: string, final: boolean): AfterExit {
  return afterExit(domain, name, domain.backend.lastExit(loadEvenBroken(domain, name).handle), final);
}

/** Init wants to boot again, and nobody wants the machine down: then it does. */
export function afterExit(
  domain: Domain,
  name: string,
  exit: ExitRecord | undefined,
  final = false,
): AfterExit {
  if (exit?.reason === 'reboot' && !final && readIntent(domain.paths, name)?.operation !== 'stop') {
    renewPlan(domain, name);
    record(domain, name, 'rebooted');
    return 'start-again';
  }
  record(domain, name, 'stopped', detailsOf(exit));
  return 'stay-down';
}

/** What was set meanwhile holds for the next run. A config that makes no plan keeps no init from its reboot: the last plan did. */
function renewPlan({ backend, paths }: Domain, name: string): void {
  try {
    backend.renewPlan(loadMachine(paths, name).handle);
  } catch {}
}

function detailsOf(exit: ExitRecord | undefined): MachineEvent['details'] {
  switch (exit?.reason) {
    case undefined:
      return { reason: 'unknown' };
    case 'exited':
      return { reason: 'exited', code: exit.code };
    case 'signaled':
      return { reason: 'signaled', signal: exit.signal };
    case 'halt':
    case 'reboot':
    case 'monitor-lost':
      return { reason: exit.reason };
  }
}
