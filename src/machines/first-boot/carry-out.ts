/**
 * A first boot of a native machine, from the first start on until all of it is done. What changes files is done before init runs, by commands of the
 * machine's own while a shell waits in init's place: so it happens in the machine's confinement, whatever its files are.
 */
import { join } from 'node:path';
import type { InitSpec, MachineHandle } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { FIRST_BOOT_FILE } from '../store/paths.ts';
import { type FirstBoot, readFirstBoot, saveFirstBoot, unlessConcluded } from './first-boot-file.ts';
import { AFTER_BOOT_WORDS, firstBootSteps } from './plan-steps.ts';
import { asRoot, conclude, type FirstBootWork, runInside, runSteps } from './run-steps.ts';
import { GO_FILE, WAIT_FOR_GO } from './scripts.ts';

const BEFORE_INIT_WORDS =
  'of its first boot: a command in the machine, as root, while a shell waits in place of its init, which it then becomes';

/** What is still to be done; undefined of nearly all machines. */
export function pendingFirstBoot({ handle }: StoredMachine): FirstBoot | undefined {
  return unlessConcluded(readFirstBoot(fileOf(handle)));
}

/** What is still to be done, as steps of a plan that come after those of the launch. */
export function nativeFirstBootSteps(machine: StoredMachine): ReturnType<typeof firstBootSteps> {
  const pending = pendingFirstBoot(machine);
  return [
    ...firstBootSteps(pending, 'before-init', BEFORE_INIT_WORDS),
    ...firstBootSteps(pending, 'after-boot', AFTER_BOOT_WORDS),
  ];
}

/** The machine with a shell in init's place, which waits for `beforeInit` and then becomes the init. */
export function waiting(handle: MachineHandle): MachineHandle {
  const { init } = handle.spec;
  const argv: InitSpec['argv'] = ['/bin/sh', '-c', WAIT_FOR_GO, 'sh', ...init.argv];
  return { ...handle, spec: { ...handle.spec, init: { ...init, argv } } };
}

export async function beforeInit(domain: Domain, machine: StoredMachine, pending: FirstBoot): Promise<void> {
  const work = workOn(domain, machine);
  await runSteps(work, pending, 'before-init');
  await runInside(work, ['/bin/sh', '-c', `: > ${GO_FILE}`]);
}

/** The rest, and what became of all; throws `failed` if not all went well. The caller holds no lock: it may take minutes. */
export async function afterBoot(domain: Domain, machine: StoredMachine): Promise<void> {
  const pending = pendingFirstBoot(machine);
  if (pending === undefined) return;
  const work = workOn(domain, machine);
  const last = await runSteps(work, pending, 'after-boot');
  conclude(work, last, (details) => record(domain, machine.name, 'first-boot', details));
}

function workOn({ backend }: Domain, { handle, name }: StoredMachine): FirstBootWork {
  return {
    name,
    save: (firstBoot) => saveFirstBoot(fileOf(handle), firstBoot),
    run: (argv) => backend.exec(handle, asRoot(argv)),
    hasEnded: () => backend.status(handle).state !== 'running',
  };
}

function fileOf({ directory }: MachineHandle): string {
  return join(directory, FIRST_BOOT_FILE);
}
