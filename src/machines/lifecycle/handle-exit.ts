/**
 * What comes after a machine's end: asked of the command that its monitor runs (on-exit), or of one that waits for the end and
 * took that part, which saves starting another process. It must never take the machine's lock: a `stop` that waits for this
 * very end holds it.
 */
import type { AfterExit, ExitRecord } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import type { MachineEvent } from '../events/events.ts';
import { mayRestart, wasKilledByOom } from '../limits/after-oom.ts';
import { tellLimitNews } from '../limits/tell.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { planRestart } from '../restarting/plan-restart.ts';
import { readIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';

export async function handleExit(domain: Domain, name: string, final: boolean): Promise<AfterExit> {
  const machine = loadEvenBroken(domain, name);
  const answer = await afterExit(domain, machine, domain.backend.lastExit(machine.handle), final);
  // Not here: that needs the lock. A command that brought it down removes it itself, and this one then finds nothing.
  if (answer === 'stay-down' && machine.config.ephemeral) domain.later.after(0, ['internal', 'sweep', name]);
  return answer;
}

/** Init wants to boot again, or on-oom or restart.policy say so, and nobody wants the machine down: then it does. */
export async function afterExit(
  domain: Domain,
  machine: StoredMachine,
  exit: ExitRecord | undefined,
  final = false,
): Promise<AfterExit> {
  const { name } = machine;
  const history = await tellLimitNews(domain, machine);
  const wantedDown = final || readIntent(domain.paths, name)?.operation === 'stop';
  if (exit?.reason === 'reboot' && !wantedDown) {
    await renewPlan(domain, name);
    record(domain, name, 'rebooted');
    return 'start-again';
  }
  record(domain, name, 'stopped', detailsOf(exit));
  const answer = wantedDown ? 'stay-down' : afterEnd(domain, machine, exit, wasKilledByOom(exit, history));
  if (answer === 'start-again') await renewPlan(domain, name);
  return answer;
}

/** on-oom comes first: it knows more. Where it has had enough, restart.policy may still have its own, longer breath. */
function afterEnd(
  domain: Domain,
  machine: StoredMachine,
  exit: ExitRecord | undefined,
  byOom: boolean,
): AfterExit {
  const { onOom } = machine.config;
  if (byOom && onOom === 'stop') return 'stay-down';
  if (byOom && onOom === 'restart' && mayRestart(domain, machine.name)) return 'start-again';
  const isOver = exit === undefined || machine.config.ephemeral === true;
  return isOver ? 'stay-down' : planRestart(domain, machine, exit);
}

/** What was set meanwhile holds for the next run. A config that makes no plan keeps no init from its reboot: the last plan did. */
async function renewPlan({ backend, paths }: Domain, name: string): Promise<void> {
  try {
    await backend.renewPlan(loadMachine(paths, name).handle);
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
