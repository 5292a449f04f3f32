/** revert: single paths of a stopped machine become again what they were; what they were until then goes to the trash. Loaded lazily. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StorageWork } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { passOver } from '../failures.ts';
import { parseSource } from '../names/snapshot-names.ts';
import { settle } from '../recovery/settle.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { step } from '../store/crash-points.ts';
import type { RevertIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';
import { freePathsEntryName } from '../trash/entries.ts';
import { keptPathsOf, saveKeptPaths, stateOfKept, treeOfKept } from '../trash/kept-paths.ts';
import { purgeSurplus } from '../trash/purge.ts';
import { quietWork } from '../work/quiet-work.ts';
import { checkRevertible, type NamedState, outermost, requirePath } from './compare.ts';
import { notStopped, notTakenBack, putBackEach } from './put-back.ts';
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
    const source = from === undefined ? imageOfSource(domain, name) : stateOfSource(domain, from);
    await requireStopped(domain, name);
    const states = [stateOfSource(domain, name), source] as const;
    for (const path of paths)
      await requirePath(domain.backend.storage, states, path, `see \`tsmachine diff ${name}\``);
    await revertLocked(domain, name, outermost(paths), source, work);
  });
}

export async function requireStopped(domain: Domain, name: string): Promise<void> {
  const { status } = await settle(domain, loadMachine(domain.paths, name));
  if (status.state === 'stopped') return;
  throw notStopped(name, status.state);
}

/** The machine is stopped, and the caller holds its lock. Either all of the paths are put back, or none. */
export async function revertLocked(
  domain: Domain,
  name: string,
  paths: readonly string[],
  { label, state }: NamedState,
  work: StorageWork,
): Promise<void> {
  const entry = freePathsEntryName(domain.paths.trash, name, Date.now());
  await revertAll(domain, { operation: 'revert', name, paths, from: state, entry }, work);
  step('revert', 6);
  for (const path of paths) record(domain, name, 'reverted', { path, from: label, trash: entry });
  step('revert', 7);
  await purgeSurplus(domain, Date.now(), work);
  step('revert', 8);
}

/** What fails or is interrupted has changed nothing: there is nothing to complete. */
async function revertAll(domain: Domain, intent: RevertIntent, work: StorageWork): Promise<void> {
  let failure: { readonly cause: unknown } | undefined;
  await underIntent(domain, intent, async () => {
    const done: string[] = [];
    step('revert', 2);
    try {
      await keep(domain, intent, work);
      step('revert', 4);
      await putBack(domain, intent, work, (path) => done.push(path));
    } catch (cause) {
      failure = { cause: await takeBack(domain, intent, done, cause) };
    }
    step('revert', 5);
  });
  if (failure !== undefined) throw failure.cause;
}

/** In the trash it is whole: only then anything of the machine changes. */
async function keep({ paths, backend }: Domain, intent: RevertIntent, work: StorageWork): Promise<void> {
  const { config, handle } = loadMachine(paths, intent.name);
  const staged = paths.staging(intent.name);
  await backend.storage.remove(staged);
  saveKeptPaths(staged, keptPathsOf(config, intent.paths));
  await backend.storage.copyPaths(
    backend.storage.stateOf(handle),
    intent.paths,
    { tree: treeOfKept(staged), view: join(staged, 'view') },
    { ...work, progress: (step) => work.progress({ ...step, deed: 'keeping' }) },
  );
  step('revert', 3);
  makeDirectory(paths.trash);
  renameDurably(staged, join(paths.trash, intent.entry));
}

/** May be repeated. */
async function putBack(
  { paths, backend }: Domain,
  intent: RevertIntent,
  work: StorageWork,
  onDone?: (path: string) => void,
): Promise<void> {
  const { handle } = loadMachine(paths, intent.name);
  const revertOne = (path: string, its: StorageWork) =>
    backend.storage.revert(handle, path, intent.from, its);
  await putBackEach(intent.paths, work, revertOne, onDone);
}

/** Those that were put back before one failed. Returns what the command says then. */
async function takeBack(
  domain: Domain,
  intent: RevertIntent,
  done: readonly string[],
  cause: unknown,
): Promise<unknown> {
  const { paths, backend } = domain;
  const [kept, staged] = [join(paths.trash, intent.entry), paths.staging(intent.name)];
  try {
    const from = stateOfKept(kept);
    await putBack(domain, { ...intent, paths: done, from }, quietWork);
    // With its name in the trash it would stand for a revert that went on.
    if (existsSync(kept)) renameDurably(kept, staged);
    await backend.storage.remove(staged);
    return cause;
  } catch (error) {
    passOver(error);
    if (!existsSync(kept)) return toMachineError(cause, intent.name);
    return notTakenBack(intent.name, intent.entry, cause);
  }
}

/** One that cannot be finished, because what it copies from is gone, must not block every command from now on: what was is in the trash. */
export async function recoverRevert(domain: Domain, intent: RevertIntent): Promise<'completed' | 'undone'> {
  const { paths, backend } = domain;
  await backend.storage.remove(paths.staging(intent.name));
  if (!existsSync(join(paths.trash, intent.entry))) return 'undone';
  try {
    await putBack(domain, intent, quietWork);
    return 'completed';
  } catch (error) {
    passOver(error);
    return 'undone';
  }
}
