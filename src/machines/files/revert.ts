/** revert: single paths of a stopped machine become again what they were. Loaded lazily. */
import type { StorageWork } from '../../backends/storage.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { settle, wrongState } from '../lifecycle/settle.ts';
import { underIntent } from '../lifecycle/under-intent.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import { quietWork } from '../snapshots/keeping.ts';
import { parseSource } from '../snapshots/snapshot-names.ts';
import { step } from '../store/crash-points.ts';
import type { Intent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';
import { checkPath, requirePath } from './diff.ts';
import { imageOfSource, stateOfSource } from './states.ts';

/** `from`: NAME or NAME@SNAPSHOT; undefined: the image. Throws `usage`, before anything is done, for a path that is nowhere. */
export async function revert(
  domain: Domain,
  name: string,
  paths: readonly string[],
  from: string | undefined,
  work: StorageWork,
): Promise<void> {
  paths.forEach(checkRevertible);
  // What is copied from must not go meanwhile.
  const locked = from === undefined ? [name] : [name, parseSource(from).machine];
  await withMachines(domain, locked, async () => {
    const machine = loadMachine(domain.paths, name);
    const source = from === undefined ? imageOfSource(domain, name) : stateOfSource(domain, from);
    const { status } = await settle(domain, machine);
    if (status.state !== 'stopped') {
      throw wrongState(
        name,
        status.state,
        `files are put back in a stopped machine; this one is ${status.state}`,
        `stop it first: tsmachine stop ${name}`,
      );
    }
    const states = [stateOfSource(domain, name), source] as const;
    for (const path of paths) await requirePath(domain, states, path, `see \`tsmachine diff ${name}\``);
    for (const path of paths) {
      await revertPath(domain, { operation: 'revert', name, path, from: source.state }, work);
      step('revert', 4);
      record(domain, name, 'reverted', { path, from: source.label });
      step('revert', 5);
    }
  });
}

type RevertIntent = Extract<Intent, { readonly operation: 'revert' }>;

/** What is interrupted has changed nothing: there is nothing to complete. */
async function revertPath(domain: Domain, intent: RevertIntent, work: StorageWork): Promise<void> {
  let interruption: unknown;
  await underIntent(domain, intent, async () => {
    step('revert', 2);
    try {
      await putBack(domain, intent, work);
    } catch (error) {
      if (error !== work.signal.reason) throw error;
      interruption = error;
    }
    step('revert', 3);
  });
  if (interruption !== undefined) throw interruption;
}

async function putBack(
  { paths, backend }: Domain,
  { name, path, from }: RevertIntent,
  work: StorageWork,
): Promise<void> {
  await backend.storage.revert(loadMachine(paths, name).handle, path, from, work);
}

/** One that cannot be finished, because what it copies from is gone, must not block every command from now on. */
export async function recoverRevert(domain: Domain, intent: RevertIntent): Promise<'completed' | 'undone'> {
  try {
    await putBack(domain, intent, quietWork);
    return 'completed';
  } catch {
    return 'undone';
  }
}

function checkRevertible(path: string): void {
  checkPath(path);
  if (path === '/') {
    throw new MachineError('usage', 'a whole machine is not put back path by path', {
      subject: path,
      hint: 'restore a snapshot, or create the machine again',
    });
  }
}
