/** Files of units: which are enabled, and reading them anew. */
import type { Bus } from '../bus/bus.ts';
import { text } from '../bus/values.ts';
import { managerCall, type Order } from './calls.ts';

export function createUnitFiles(bus: Bus, order: Order) {
  return {
    /** enabled, disabled, static, masked ... */
    unitFileState: async (unit: string): Promise<string> =>
      text((await bus.call({ ...managerCall('GetUnitFileState', 's', [unit]), reads: true }))[0]),
    /** For good; already enabled is fine. systemd knows of it after `reload`. */
    enableUnitFiles: async (units: readonly string[]): Promise<void> => {
      await order('EnableUnitFiles', 'asbb', units, false, false);
    },
    disableUnitFiles: async (units: readonly string[]): Promise<void> => {
      await order('DisableUnitFiles', 'asb', units, false);
    },
    /** Drop-ins of this unit go, wherever they are, those of SetUnitProperties too. */
    revertUnitFiles: async (units: readonly string[]): Promise<void> => {
      await order('RevertUnitFiles', 'as', units);
    },
    /** Reads all units anew. */
    reload: async (): Promise<void> => {
      await order('Reload', '');
    },
  };
}
