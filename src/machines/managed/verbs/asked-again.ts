/**
 * Verbs that take no lock settle nothing, and one that died in a restore has left no machine of its name. So where they find none, what is left of
 * that name is settled, and they are asked once more.
 */
import { MachineError } from '../../errors.ts';
import type { Machines } from '../../machines.ts';
import { machineOfImage } from '../images/whose-image.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { settleIfLeft } from '../recovery/with-managed.ts';

const verbs = [
  'info',
  'inspect',
  'usage',
  'remaining',
  'plan',
  'layerSizes',
  'relatives',
  'diskUsage',
  'readConfig',
  'configText',
  'settings',
  'differingSettings',
  'snapshots',
  'snapshotBytes',
  'diffFile',
  'waitForState',
  'waitUntilReady',
  'kill',
  'exec',
  'attachConsole',
  'readConsoleLog',
  'push',
  'pull',
] as const satisfies readonly (keyof Machines)[];

const streams = ['diff', 'followConsoleLog'] as const satisfies readonly (keyof Machines)[];

/** Of NAME or NAME@SNAPSHOT. */
type Call = (source: string, ...rest: readonly unknown[]) => Promise<unknown>;
type StreamCall = (source: string, ...rest: readonly unknown[]) => AsyncIterable<unknown>;

export function askedAgain(managed: ManagedDomain, machines: Machines): Machines {
  const isSettled = async (error: unknown, source: string) =>
    error instanceof MachineError &&
    error.code === 'no-such-machine' &&
    (await settleIfLeft(managed, machineOfImage(source)));
  const again = (verb: (typeof verbs)[number]): readonly [string, Call] => {
    const call = machines[verb] as Call;
    return [
      verb,
      async (source, ...rest) => {
        try {
          return await call(source, ...rest);
        } catch (error) {
          if (await isSettled(error, source)) return await call(source, ...rest);
          throw error;
        }
      },
    ];
  };
  const streamAgain = (verb: (typeof streams)[number]): readonly [string, StreamCall] => {
    const call = machines[verb] as StreamCall;
    return [
      verb,
      async function* (source, ...rest) {
        try {
          yield* call(source, ...rest);
        } catch (error) {
          // Told before anything else, so nothing comes twice.
          if (!(await isSettled(error, source))) throw error;
          yield* call(source, ...rest);
        }
      },
    ];
  };
  return {
    ...machines,
    ...Object.fromEntries(verbs.map(again)),
    ...Object.fromEntries(streams.map(streamAgain)),
  };
}
