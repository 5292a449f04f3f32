/** From start to end of the native backend's machines. */
import type { Backend, MachineHandle } from '../../backend.ts';
import { setFrozen } from '../cgroups/freezer.ts';
import { killAll } from '../cgroups/kill.ts';
import type { NativeContext } from '../context.ts';
import { keepPlan } from '../launch.ts';
import { createLauncher } from '../launching/launcher.ts';
import { awaitReady } from './await-ready.ts';
import { collect } from './collect.ts';
import { watchEnd } from './end.ts';
import { readExitRecord } from './exit-record.ts';
import { requireInit } from './preconditions.ts';
import { remaining } from './remaining.ts';
import { sendSignal } from './send-signal.ts';
import { resolveSignal } from './signals.ts';

type Life =
  | 'start'
  | 'renewPlan'
  | 'status'
  | 'lastExit'
  | 'signal'
  | 'kill'
  | 'watchEnd'
  | 'remaining'
  | 'awaitReady'
  | 'collect'
  | 'freeze'
  | 'unfreeze';

export function createLife(context: NativeContext): Pick<Backend, Life> {
  const { host, view, status } = context;
  const launcher = createLauncher(context.helperPath);
  const freezeOrThaw = async (machine: MachineHandle, frozen: boolean, timeoutMs: number): Promise<void> => {
    requireInit(machine, status(machine));
    await setFrozen(host().layout, host().cgroupParent, machine.spec.name, frozen, timeoutMs);
  };
  return {
    start: async (machine) =>
      (await import('../launching/start.ts')).startMachine(context, machine, launcher),
    renewPlan: async (machine) => keepPlan(machine, await context.encodedPlan(machine)),
    status,
    lastExit: (machine) => readExitRecord(machine.directory),
    async signal(machine, signal) {
      const { pid } = requireInit(machine, status(machine));
      await sendSignal(machine, resolveSignal(machine, signal, pid));
    },
    kill: ({ spec }) => killAll(host().layout, host().cgroupParent, spec.name),
    watchEnd: (machine, decide) => watchEnd(machine, view(), decide),
    remaining: (machine) => remaining(machine, view()),
    awaitReady: (machine, timeoutMs) => awaitReady(machine, () => status(machine), timeoutMs),
    collect: (machine) => collect(machine, view()),
    freeze: (machine, timeoutMs) => freezeOrThaw(machine, true, timeoutMs),
    unfreeze: (machine, timeoutMs) => freezeOrThaw(machine, false, timeoutMs),
  };
}
