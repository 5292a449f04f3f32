/** What is done to machines that run, or shall. */
import type { ManagedLife } from '../../manager/life.ts';
import type { ManagedSettings } from '../../manager/settings.ts';
import { signalNumber } from '../../native/life/signals.ts';
import type { NspawnContext } from '../context.ts';
import { unitOfMachine } from '../unit-name.ts';
import { awaitReady } from './await-ready.ts';
import { watchEnd } from './end-watch.ts';
import { freezeMachine, thawMachine } from './freeze.ts';
import { requireRunning } from './running.ts';
import { signalFor } from './signals.ts';
import { startMachine } from './start.ts';

const SIGKILL = 9;
/** Without it no machine is started with the host, whatever of them is enabled. */
const ALL_MACHINES = 'machines.target';

export function createLife(context: NspawnContext, settings: ManagedSettings): ManagedLife {
  const { machine1, systemd1 } = context;
  return {
    start: (name) => startMachine(context, settings, name),
    signal: async (name, asked) => {
      const { leader } = await requireRunning(context, name);
      const signal = await signalFor(settings, { name, leader }, asked);
      await machine1.killMachine(name, 'leader', signalNumber(signal));
      return signal;
    },
    // With nspawn itself, which would ask the machine to halt first.
    kill: async (name) => {
      const { unit } = await requireRunning(context, name);
      await systemd1.killUnit(unit, 'all', SIGKILL);
    },
    awaitEnd: async (name, timeoutMs, again) => {
      const watch = await watchEnd(context, name);
      try {
        return await watch.ended(timeoutMs, again);
      } finally {
        watch.close();
      }
    },
    watchEnd: (name) => watchEnd(context, name),
    awaitReady: (name, timeoutMs) => awaitReady(context, name, timeoutMs),
    freeze: (name, timeoutMs) => freezeMachine(context, name, timeoutMs),
    unfreeze: (name, timeoutMs) => thawMachine(context, name, timeoutMs),
    isEnabled: async (name) => (await systemd1.unitFileState(unitOfMachine(name))) === 'enabled',
    setEnabled: async (name, enabled) => {
      const unit = unitOfMachine(name);
      if (enabled) await systemd1.enableUnitFiles([unit, ALL_MACHINES]);
      else await systemd1.disableUnitFiles([unit]);
      await systemd1.reload();
    },
  };
}
