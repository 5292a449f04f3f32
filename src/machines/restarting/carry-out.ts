/** The time has come (`tsmachine internal restart NAME`, run by the process that waited): the machine starts again. */
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { startLocked } from '../lifecycle/start.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine, machineExists } from '../store/store.ts';
import { takeOwnPending } from './pending.ts';
import { planRestart } from './plan-restart.ts';

/** Another command may be at work on it: a snapshot takes its time. */
const OTHER_COMMAND_MS = 10 * 60_000;

/** Nothing is done if somebody has stopped, started, renamed or destroyed it meanwhile, or taken the policy away. */
export async function carryOutRestart(domain: Domain, name: string): Promise<void> {
  if (!machineExists(domain.paths, name)) return;
  await withMachines({ ...domain, lockWaitMs: OTHER_COMMAND_MS }, [name], async () => {
    const pending = takeOwnPending(domain, name);
    if (pending === undefined) return;
    const machine = loadMachine(domain.paths, name);
    if (machine.config.restart?.policy === undefined) return;
    try {
      await startLocked(domain, machine, true, { attempt: pending.attempt });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      record(domain, name, 'restart-failed', { attempt: pending.attempt, reason });
      if (!(error instanceof MachineError && error.code === 'wrong-state')) {
        planRestart(domain, machine, undefined);
      }
      throw error;
    }
  });
}
