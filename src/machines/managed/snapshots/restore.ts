/** restore: everything is looked at before anything is touched, and what the machine was is kept. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { MachineError } from '../../errors.ts';
import { nextAutomaticName } from '../../names/snapshot-names.ts';
import { step } from '../../store/crash-points.ts';
import { keptStateName } from '../images/image-names.ts';
import { noKeptFacts } from '../images/own-facts.ts';
import { type ImageMachine, requireImageMachine, requireStopped } from '../images/require-machine.ts';
import { restoredName } from '../images/restored-names.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import { followName } from '../making/rename.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { type KeptState, keptStates, requireKept, timeOf } from './kept-states.ts';
import { removeSurplus } from './surplus.ts';
import { carryOutRestore } from './swap.ts';
import { requireClonable } from './take.ts';

/** Returns the name of the automatic snapshot. */
export async function restore(
  managed: ManagedDomain,
  name: string,
  snapshot: string,
  work: StorageWork,
): Promise<string> {
  return await withManaged(managed, [name], async (manager) => {
    const machine = await requireImageMachine(manager, name);
    const target = await requireKept(manager, name, snapshot);
    requireClonable(target.image);
    requireStopped(machine, 'restored');
    work.signal.throwIfAborted();
    return await restoreLocked(managed, manager, machine, target, work);
  });
}

async function restoreLocked(
  managed: ManagedDomain,
  manager: Manager,
  machine: ImageMachine,
  target: KeptState,
  work: StorageWork,
): Promise<string> {
  const { name, image } = machine;
  const states = await keptStates(manager, name);
  const before = nextAutomaticName(states.map((state) => state.name));
  const staged = restoredName(name, before);
  step('managed-restore', 1);
  await manager.images.clone(target.image.name, staged, { readOnly: false }, work);
  try {
    await writeRestoredFacts(manager, machine, target, staged);
    // From here on it is completed, by the next command if not by this one.
    await carryOutRestore(manager, { machine: name, before, staged });
  } catch (cause) {
    throw await takeBack(manager, { machine: name, before, staged }, cause);
  }
  if (image.limitBytes !== null) {
    // A limit that cannot be put on now does not keep the machine from being what it was.
    await manager.images.setSizeLimit(name, image.limitBytes).catch(() => {});
  }
  // A machine that spoiled its own /etc can be restored to all the same.
  await followItsName(manager, name, target.facts.machine).catch(() => {});
  tell(managed, name, 'restored', { snapshot: target.name, before });
  const spare = [before, target.name];
  // The restore is done; what could not go now goes the next time.
  await removeSurplus(managed, manager, name, { keep: undefined, spare }, work).catch(() => []);
  return before;
}

/** Who the machine is does not change with its files. */
async function writeRestoredFacts(
  manager: Manager,
  { name, image }: ImageMachine,
  target: KeptState,
  staged: string,
): Promise<void> {
  const { createdAt = timeOf(image), ephemeral, firstBoot } = await factsOf(manager, name);
  const own = { createdAt, ephemeral, firstBoot };
  await writeFacts(manager, staged, { ...noKeptFacts, ...own, goesOnFrom: target.name });
}

/** `before`: what the machine was called when the state was kept. */
async function followItsName(manager: Manager, name: string, before: string | undefined): Promise<void> {
  if (before === undefined || before === name) return;
  const image = await manager.images.find(name);
  const machine = await manager.views.find(name);
  if (image !== undefined && machine !== undefined)
    await followName(manager, { ...machine, name: before, image }, name);
}

interface Restoring {
  readonly machine: string;
  readonly before: string;
  readonly staged: string;
}

/** Nothing has changed then. Returns what the command says. */
async function takeBack(
  { images }: Manager,
  { machine, before, staged }: Restoring,
  cause: unknown,
): Promise<unknown> {
  const kept = keptStateName(machine, before);
  try {
    if ((await images.find(machine)) === undefined) await images.rename(kept, machine);
    await images.remove(staged, { progress: () => {}, signal: new AbortController().signal });
    return cause;
  } catch (second) {
    const [first, rest] = [cause, second].map((error) =>
      error instanceof Error ? error.message : String(error),
    );
    return new MachineError('failed', `${first}; and it could not be undone yet: ${rest}`, {
      subject: machine,
      hint: `nothing is lost: what it was is ${machine} or ${kept}, and the next command on ${machine} mends the rest`,
      cause,
    });
  }
}
