/** What is done to units: jobs, signals, freezing, properties. */
import type { Bus } from '../bus/bus.ts';
import { dbusErrorName } from '../bus/bus-errors.ts';
import type { TypedValue } from '../bus/calls.ts';
import { type JobKind, type JobOptions, runJob } from '../jobs.ts';
import { managerCall, type Order, SYSTEMD1 } from './calls.ts';

export function createUnitLife(bus: Bus, order: Order) {
  /** systemd sends signals of jobs and units to those alone who ask; for as long as they are connected. */
  const subscribe = async (): Promise<void> => {
    try {
      await order('Subscribe', '');
    } catch (error) {
      if (dbusErrorName(error) !== `${SYSTEMD1}.AlreadySubscribed`) throw error;
    }
  };
  const job =
    (kind: JobKind) =>
    (unit: string, { abort, provided }: JobOptions = {}) =>
      runJob({ bus, subscribe, call: managerCall(kind, 'ss', [unit, 'replace']), abort, provided });

  return {
    subscribe,
    /** Resolves when the job is removed, with its result: done, canceled, timeout, failed, dependency, skipped. */
    startUnit: job('StartUnit'),
    stopUnit: job('StopUnit'),
    /** @param whom main, control or all */
    killUnit: async (unit: string, whom: 'main' | 'control' | 'all', signal: number): Promise<void> => {
      await order('KillUnit', 'ssi', unit, whom, signal);
    },
    /** Of systemd 246 and later, where the kernel has cgroup v2; answers when it is frozen. */
    freezeUnit: async (unit: string, timeLimitMs: number): Promise<void> => {
      await bus.call({ ...managerCall('FreezeUnit', 's', [unit]), timeLimitMs });
    },
    thawUnit: async (unit: string, timeLimitMs: number): Promise<void> => {
      await bus.call({ ...managerCall('ThawUnit', 's', [unit]), timeLimitMs });
    },
    /** It forgets that it failed. */
    resetFailedUnit: async (unit: string): Promise<void> => {
      await order('ResetFailedUnit', 's', unit);
    },
    /**
     * All or none.
     * @param runtime true: until the next boot of the host; false: kept, as drop-ins in /etc/systemd/system.control
     * @param properties in the order in which they are set: of a list an empty one takes away what was there
     */
    setUnitProperties: async (
      unit: string,
      runtime: boolean,
      properties: readonly (readonly [name: string, value: TypedValue])[],
    ): Promise<void> => {
      await order('SetUnitProperties', 'sba(sv)', unit, runtime, properties);
    },
  };
}
