/** revert: single paths of a stopped machine become again what they were; what they were until then goes to the trash. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { passOver } from '../../failures.ts';
import { checkRevertible, type NamedState, outermost, requirePath } from '../../files/compare.ts';
import { notStopped, notTakenBack, putBackEach } from '../../files/put-back.ts';
import { pathsAloneOf, saveKeptPaths, treeOfKept } from '../../trash/kept-paths.ts';
import { quietWork } from '../../work/quiet-work.ts';
import { type ImageMachine, requireImageMachine, requireTree } from '../images/require-machine.ts';
import { parseTrashed, trashedPaths } from '../images/trash-names.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { purgeSurplus } from '../trash/purge.ts';
import { baseOfSource, parseManagedSource, stateOf, stateOfSource, treeState } from './states.ts';

/** `from`: NAME or NAME@SNAPSHOT; undefined: what the machine goes on from. Throws `usage`, before anything is done, for a path that is nowhere. */
export async function revert(
  managed: ManagedDomain,
  name: string,
  paths: readonly string[],
  from: string | undefined,
  work: StorageWork,
): Promise<void> {
  paths.forEach(checkRevertible);
  // What is copied from must not go meanwhile.
  const locked = from === undefined ? [name] : [...new Set([name, parseManagedSource(from).machine])];
  await withManaged(managed, locked, async (manager) => {
    const machine = await requireImageMachine(manager, name);
    const source =
      from === undefined ? await baseOfSource(managed, name) : await stateOfSource(manager, from);
    requireStill(machine);
    const states = [stateOf(name, machine.image), source] as const;
    for (const path of paths) {
      await requirePath(manager.trees, states, path, `see \`tsmachine diff ${name}\``);
    }
    await revertLocked(managed, manager, machine, outermost(paths), source, work);
  });
}

/** Throws `wrong-state`. */
export function requireStill({ name, status }: ImageMachine): void {
  if (status.state === 'stopped' || status.state === 'error') return;
  throw notStopped(name, status.state);
}

/** The machine is stopped, and the caller holds its lock. Either all of the paths are put back, or none. */
export async function revertLocked(
  managed: ManagedDomain,
  manager: Manager,
  machine: ImageMachine,
  paths: readonly string[],
  source: NamedState,
  work: StorageWork,
): Promise<void> {
  const { name } = machine;
  const kept = await keep(manager, machine, paths, work);
  const done: string[] = [];
  try {
    await putBack(manager, machine, paths, source, work, (path) => done.push(path));
  } catch (cause) {
    throw await takeBack(manager, machine, kept, done, cause);
  }
  const trash = parseTrashed(kept)?.entry ?? kept;
  for (const path of paths) tell(managed, name, 'reverted', { path, from: source.label, trash });
  await purgeSurplus(managed, manager, work);
}

/** In the trash it is whole: only then anything of the machine changes. Returns the image's name. */
async function keep(
  manager: Manager,
  { name, image }: ImageMachine,
  paths: readonly string[],
  work: StorageWork,
): Promise<string> {
  const { images, trees } = manager;
  const kept = await freePathsName(manager, name, Date.now());
  const state = treeState(requireTree(image, 'put back'));
  const { createdAt } = await factsOf(manager, name);
  const fill = async (staged: { readonly name: string; readonly path: string }) => {
    saveKeptPaths(staged.path, pathsAloneOf(paths));
    const place = { tree: treeOfKept(staged.path), view: `${staged.path}/view` };
    await trees.copyPaths(state, paths, place, {
      ...work,
      progress: (step) => work.progress({ ...step, deed: 'keeping' }),
    });
    if (createdAt !== undefined) await writeFacts(manager, staged.name, { createdAt });
  };
  await images.make(kept, fill, work);
  return kept;
}

/** Two reverts may come in one millisecond. */
async function freePathsName(manager: Manager, machine: string, now: number): Promise<string> {
  const name = trashedPaths(machine, now);
  const isTaken = (await manager.images.find(name)) !== undefined;
  return isTaken ? await freePathsName(manager, machine, now + 1) : name;
}

async function putBack(
  { trees }: Manager,
  { name, image }: ImageMachine,
  paths: readonly string[],
  { state }: NamedState,
  work: StorageWork,
  onDone?: (path: string) => void,
): Promise<void> {
  const revertOne = (path: string, its: StorageWork) =>
    trees.revertTree(image.path, path, state, { name }, its);
  await putBackEach(paths, work, revertOne, onDone);
}

/** Those that were put back before one failed. Returns what the command says then. */
async function takeBack(
  manager: Manager,
  machine: ImageMachine,
  kept: string,
  done: readonly string[],
  cause: unknown,
): Promise<unknown> {
  try {
    const image = await manager.images.find(kept);
    const state = treeState(treeOfKept(image?.path ?? ''));
    await putBack(manager, machine, done, { label: kept, state }, quietWork);
    await manager.images.remove(kept, quietWork);
    return cause;
  } catch (error) {
    passOver(error);
    return notTakenBack(machine.name, parseTrashed(kept)?.entry ?? kept, cause);
  }
}
