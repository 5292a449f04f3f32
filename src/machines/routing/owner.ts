/** Whose a name is: native machines come first, and only for a name that is none of theirs the manager is asked. */
import { MachineError } from '../errors.ts';
import type { Machines } from '../machines.ts';
import { isManagedName } from '../managed/images/image-names.ts';
import { askManaged, type Sides } from './sides.ts';

/** Of a name that nobody has: native, whose words say so. */
export async function ownerOf(sides: Sides, name: string): Promise<Machines> {
  if (sides.isNative(name) || !isManagedName(name)) return sides.native;
  const found = await askManaged(
    sides,
    async ({ has, machines }) => ((await has(name)) ? machines : undefined),
    undefined,
  );
  return found ?? sides.native;
}

/** Of NAME or NAME@SNAPSHOT. */
export function ownerOfSource(sides: Sides, source: string): Promise<Machines> {
  return ownerOf(sides, machineOf(source));
}

/** Who has all of these sources. Throws `unsupported` where they are of both. */
export async function ownerOfAll(sides: Sides, sources: readonly (string | undefined)[]): Promise<Machines> {
  const given = sources.filter((source) => source !== undefined);
  const owners = await Promise.all(given.map((source) => ownerOfSource(sides, source)));
  const [first = sides.native] = owners;
  if (owners.every((owner) => owner === first)) return first;
  throw new MachineError('unsupported', `${given.join(' and ')} are kept by different backends`, {
    subject: given[0],
    hint: 'files of one machine and its snapshots, or of two machines of one backend, can be compared; tsmachine pull copies files out of any',
  });
}

/**
 * Throws `exists` if the other side has the name: each side itself refuses its own. One name for two machines would hide one of them.
 * @param owner who is about to have it
 */
export async function refuseTaken(sides: Sides, owner: Machines, name: string): Promise<void> {
  if (owner !== sides.native) {
    if (sides.isNative(name)) throw taken(name, `there is a native machine "${name}" already`);
  } else if (isManagedName(name) && (await askManaged(sides, ({ has }) => has(name), false))) {
    throw taken(name, `there is a machine "${name}" of systemd-nspawn already`);
  }
}

function taken(name: string, words: string): MachineError {
  return new MachineError('exists', words, {
    subject: name,
    hint: 'choose another name: a name is one machine, whatever its backend',
  });
}

function machineOf(source: string): string {
  const at = source.indexOf('@');
  return at === -1 ? source : source.slice(0, at);
}
