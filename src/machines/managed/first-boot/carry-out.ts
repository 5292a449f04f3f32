/**
 * A first boot of a manager's machine, from the first start on until all of it is done. What changes files is done before its init runs, by a run of
 * its own without one; the rest when it has booted. Loaded lazily.
 */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { MachineError } from '../../errors.ts';
import { saveFirstBoot } from '../../first-boot/first-boot-file.ts';
import { asRoot, conclude, type FirstBootWork, runSteps } from '../../first-boot/run-steps.ts';
import { lockNames } from '../../store/lock.ts';
import { isLive } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { tell } from '../tell.ts';
import { type KeptFirstBoot, pendingFirstBoot } from './kept.ts';

/** The machine is down, and the caller holds its lock. */
export async function beforeInit(
  manager: Manager,
  name: string,
  { path, firstBoot }: KeptFirstBoot,
): Promise<void> {
  const next = firstBoot.steps[firstBoot.done];
  if (next?.phase !== 'before-init') return;
  await manager.access.withoutInit(name, async (run) => {
    const save: FirstBootWork['save'] = (now) => saveFirstBoot(path, now);
    await runSteps({ name, save, run, hasEnded: () => false }, firstBoot, 'before-init');
  });
}

/**
 * What is not done yet, in the machine that runs: all of it, if somebody else started it. Throws `failed` if not all went well, and `busy` if
 * another command is at it. The caller holds no lock: it may take minutes, and a stop must not wait for it.
 */
export async function afterBoot(managed: ManagedDomain, manager: Manager, name: string): Promise<void> {
  const { paths, lock } = managed.domain;
  // No machine has such a name.
  const locks = await lockNames(paths.locks, lock, [`${name}@first-boot`], 0).catch((cause) => {
    throw isBusy(cause) ? underWay(name, cause) : cause;
  });
  try {
    const pending = await pendingFirstBoot(managed, manager, name);
    if (pending === undefined) return;
    const work = workIn(manager, name, pending);
    const last = await runSteps(work, pending.firstBoot, 'after-boot');
    conclude(work, last, (details) => tell(managed, name, 'first-boot', details));
  } finally {
    for (const one of locks.names) locks.forget(one);
    locks.release();
  }
}

function workIn({ access, views }: Manager, name: string, { path }: KeptFirstBoot): FirstBootWork {
  return {
    name,
    save: (firstBoot) => saveFirstBoot(path, firstBoot),
    run: (argv) => access.exec(name, asRoot(argv)),
    async hasEnded() {
      const machine = await views.find(name);
      return machine === undefined || !isLive(machine);
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof MachineError && error.code === 'busy';
}

function underWay(name: string, cause: unknown): MachineError {
  return new MachineError('busy', 'another command is at its first boot', {
    subject: name,
    hint: `see how far it is: tsmachine info ${name}`,
    cause,
  });
}
