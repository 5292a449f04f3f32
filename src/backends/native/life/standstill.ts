/** Machines that stand still while something is done to their files, and surely go on after it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BackendError, type MachineHandle, type MachineStatus } from '../../backend.ts';
import { setFrozen, thawWrite } from '../cgroups/freezer.ts';
import { helperEnvironment } from '../helper-client.ts';
import { type HostView, readStatus } from './status.ts';

/** How long the kernel may take to stop or wake all of a machine's processes. */
const TIMEOUT_MS = 10_000;

/**
 * Whether processes of the machine may write to its files.
 * @throws BackendError 'busy' while it comes up or goes down, or when nobody looks after its processes
 */
export function hasLiveFiles({ spec }: MachineHandle, { state }: MachineStatus): boolean {
  if (state === 'stopped') return false;
  if (state === 'running' || state === 'frozen' || state === 'freezing') return true;
  throw new BackendError('busy', `the files of ${spec.name} cannot be kept while it is ${state}`, {
    hint: state === 'error' ? `tsmachine stop ${spec.name}` : 'Try again in a moment.',
  });
}

/**
 * Does `work` while the machine is frozen; one that was frozen before stays so, and one that is stopped needs nothing.
 * @returns how long it stood still for this, in milliseconds
 * @throws BackendError as hasLiveFiles and setFrozen do, whatever `work` throws
 */
export async function whileStill(
  machine: MachineHandle,
  host: HostView,
  work: () => Promise<void>,
): Promise<number | undefined> {
  const status = readStatus(machine, host);
  if (status.state === 'freezing') await freeze(machine, host);
  if (!hasLiveFiles(machine, status) || status.state !== 'running') {
    await work();
    return undefined;
  }
  const guard = await guardThaw(machine, host);
  const begin = performance.now();
  try {
    await freeze(machine, host);
    await work();
  } finally {
    await thaw(machine, host);
    await dismiss(guard);
  }
  return performance.now() - begin;
}

async function freeze({ spec }: MachineHandle, { layout, cgroupParent }: HostView): Promise<void> {
  await setFrozen(layout, cgroupParent, spec.name, true, TIMEOUT_MS);
}

async function thaw({ spec }: MachineHandle, { layout, cgroupParent }: HostView): Promise<void> {
  try {
    await setFrozen(layout, cgroupParent, spec.name, false, TIMEOUT_MS);
  } catch (error) {
    // Killed meanwhile, which freezing does not prevent.
    if (!(error instanceof BackendError && error.code === 'not-running')) throw error;
  }
}

/** A process that thaws the machine when its input ends, as it does when we are killed: nobody else knows that we froze it. */
async function guardThaw(
  { spec }: MachineHandle,
  { layout, cgroupParent }: HostView,
): Promise<ChildProcess | undefined> {
  const write = thawWrite(layout, cgroupParent, spec.name);
  if (write === undefined) return undefined;
  const guard = spawn('sh', ['-c', 'read -r _; printf %s "$2" > "$1"', 'thaw', write.path, write.text], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C is for us.
    detached: true,
    cwd: '/',
    env: helperEnvironment(),
  });
  await once(guard, 'spawn');
  return guard;
}

/** It must not write any more when somebody freezes the machine the next time. */
async function dismiss(guard: ChildProcess | undefined): Promise<void> {
  if (guard === undefined || guard.exitCode !== null || guard.signalCode !== null) return;
  const gone = once(guard, 'exit');
  guard.kill('SIGKILL');
  await gone;
}
