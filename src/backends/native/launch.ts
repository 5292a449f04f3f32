/** Starting a machine: the plan goes to the helper, which becomes the machine's monitor and outlives us. */
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs';
import { writeWhole } from '../../files/atomic-file.ts';
import { BackendError, type MachineHandle } from '../backend.ts';
import { type Launched, readLaunchAnswer } from './launching/answer.ts';
import type { Launcher } from './launching/launcher.ts';

/**
 * Resolves when init has been executed.
 * @param plan encoded; kept as ROOT/machines/NAME/plan, from which the monitor starts the machine again on reboot
 * @throws BackendError 'launch-failed', 'already-running', 'helper-missing'
 */
export async function launch(machine: MachineHandle, plan: Buffer, launcher: Launcher): Promise<Launched> {
  keepPlan(machine, plan);
  mkdirSync(machine.runDirectory, { recursive: true, mode: 0o700 });
  try {
    return readLaunchAnswer(machine.spec.name, await runPlan(launcher, planPath(machine)));
  } catch (error) {
    if (!isBusy(error)) removeIfEmpty(machine.runDirectory);
    throw error;
  }
}

/**
 * A plan depends on stored state alone, so most starts find the file as it should be. It is not synced: the next start makes
 * it again, and a monitor, which reads it to start again, does not outlive a power cut.
 */
export function keepPlan(machine: MachineHandle, plan: Buffer): void {
  const path = planPath(machine);
  try {
    if (readFileSync(path).equals(plan)) return;
  } catch {
    // Not yet there, or unreadable: then writing says why.
  }
  writeWhole(path, plan);
}

function planPath({ directory }: MachineHandle): string {
  return `${directory}/plan`;
}

async function runPlan(launcher: Launcher, planPath: string) {
  const planFile = openSync(planPath, 'r');
  try {
    return await launcher(planFile);
  } finally {
    closeSync(planFile);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof BackendError && error.code === 'already-running';
}

/** The helper removes it with its contents; this is for a helper that never ran. */
function removeIfEmpty(runDirectory: string): void {
  try {
    rmdirSync(runDirectory);
  } catch {
    // Gone, or not empty: `collect` looks at what is in it.
  }
}
