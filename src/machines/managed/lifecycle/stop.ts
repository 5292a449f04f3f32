/** stop: thaw, ask init to halt, wait, and kill what did not listen; the ladder that native machines have. */
import { BackendError } from '../../../backends/backend.ts';
import type { ManagedEndWatch } from '../../../backends/manager/life.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { KERNEL_MS, killIfThere, notGone } from '../../lifecycle/killing.ts';
import { refusalDetails } from '../../lifecycle/refusing.ts';
import type { StopOptions, StopOutcome } from '../../stopping.ts';
import { requireMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { notInState } from './wrong-state.ts';

interface Stopping {
  readonly managed: ManagedDomain;
  readonly manager: Manager;
  readonly name: string;
  readonly options: StopOptions;
  /** When its run began, in milliseconds since the epoch; 0: it is not known. */
  readonly begunAt: number;
}

export function stop(managed: ManagedDomain, name: string, options: StopOptions): Promise<StopOutcome> {
  return withManaged(managed, [name], (manager) => stopLocked({ managed, manager, name, options }));
}

/** The caller holds the lock. */
export async function stopLocked(asked: Omit<Stopping, 'begunAt'>): Promise<StopOutcome> {
  const { managed, manager, name } = asked;
  const { status } = await requireMachine(manager, name);
  if (status.state === 'stopped') throw notInState(name, status, 'it is not running', null);
  tell(managed, name, 'stopping');
  const watch = await manager.life.watchEnd(name);
  try {
    const begunAt = 'startedAt' in status ? status.startedAt : 0;
    return await bringDown({ ...asked, begunAt }, status.state, watch);
  } finally {
    watch.close();
  }
}

async function bringDown(stopping: Stopping, state: string, watch: ManagedEndWatch): Promise<StopOutcome> {
  const { manager, name, options } = stopping;
  const timeoutMs = options.timeoutSeconds * 1000;
  const killAt = Date.now() + timeoutMs;
  const thawed = (state !== 'frozen' && state !== 'freezing') || (await thaw(stopping));
  const halt = () =>
    askToHalt(manager, name, (signal) => options.onProgress?.({ rung: 'halt', signal, killAt }));
  if (thawed && (await halt()) && (await watch.ended(timeoutMs, halt))) {
    return { clean: true, exit: await exitOf(stopping) };
  }
  return killHard(stopping, watch);
}

/** A frozen machine cannot halt (lxd#12578). One that will not thaw can still be killed. */
async function thaw({ manager, name, options }: Stopping): Promise<boolean> {
  options.onProgress?.({ rung: 'thaw' });
  try {
    await manager.life.unfreeze(name, KERNEL_MS);
    return true;
  } catch {
    return false;
  }
}

/** False: its init cannot be asked. True also if it went down meanwhile, or is between two runs: the next one is asked when it begins. */
async function askToHalt(
  manager: Manager,
  name: string,
  onAsked: (signal: string) => void,
): Promise<boolean> {
  try {
    onAsked(await manager.life.signal(name, 'halt'));
    return true;
  } catch (error) {
    return error instanceof BackendError && error.code === 'not-running';
  }
}

async function killHard(stopping: Stopping, watch: ManagedEndWatch): Promise<StopOutcome> {
  const { managed, manager, name, options } = stopping;
  const refused = await manager.views.remaining(name);
  options.onProgress?.({ rung: 'kill', refused });
  tell(managed, name, 'killed', { reason: 'timeout', signal: 'SIGKILL', ...refusalDetails(refused) });
  await killWatched(manager, name, watch);
  return { clean: false, exit: await exitOf(stopping), refused };
}

/** Not that of an earlier run, where nothing is known of this one. */
async function exitOf({ manager, name, begunAt }: Stopping) {
  const exit = await manager.views.lastExit(name);
  return exit !== undefined && exit.endedAt >= begunAt ? exit : undefined;
}

/** Throws `timeout` if the machine is still there after SIGKILL. */
export async function killAndWait(manager: Manager, name: string): Promise<void> {
  const watch = await manager.life.watchEnd(name);
  try {
    await killWatched(manager, name, watch);
  } finally {
    watch.close();
  }
}

async function killWatched(manager: Manager, name: string, watch: ManagedEndWatch): Promise<void> {
  const kill = () => killIfThere(() => manager.life.kill(name));
  await kill();
  if (await watch.ended(KERNEL_MS, kill)) return;
  throw notGone(name, await manager.views.remaining(name));
}
