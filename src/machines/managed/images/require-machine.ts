/** The machine that a command is about. */

import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import { MachineError } from '../../errors.ts';
import { nearest } from '../../names/nearest.ts';

export type ImageMachine = ManagedMachine & { readonly image: ManagedImage };

/** @throws MachineError 'no-such-machine' */
export async function requireMachine({ views }: Manager, name: string): Promise<ManagedMachine> {
  const machine = await views.find(name);
  if (machine !== undefined) return machine;
  const meant = nearest(name, await views.names());
  throw new MachineError('no-such-machine', `there is no machine "${name}"`, {
    subject: name,
    hint: meant === undefined ? 'see `tsmachine list`' : `did you mean "${meant}"? See \`tsmachine list\``,
  });
}

/** @throws MachineError 'no-such-machine', 'unsupported' for one whose files are nobody's image */
export async function requireImageMachine(manager: Manager, name: string): Promise<ImageMachine> {
  const machine = await requireMachine(manager, name);
  const { image } = machine;
  if (image !== null) return { ...machine, image };
  const where = machine.rootDirectory ?? 'somewhere else';
  throw new MachineError('unsupported', `its files are no image of systemd-machined: it runs from ${where}`, {
    subject: name,
    hint: `look after the files there; to make an image of them: tsmachine create NAME -t directory -- --from ${where}`,
  });
}

/** @throws MachineError 'no-such-machine' */
export async function requireKeptState({ images }: Manager, name: string): Promise<ManagedImage> {
  const image = await images.find(name);
  if (image !== undefined) return image;
  const [machine = name] = name.split('@');
  throw new MachineError('no-such-machine', `there is no snapshot "${name}"`, {
    subject: name,
    hint: `see \`tsmachine snapshots ${machine}\``,
  });
}

/** @param done to its files. @param nearest what can be done instead. @throws MachineError 'unsupported' for a raw image, whose files nobody has mounted */
export function requireTree(
  { name, kind, path }: ManagedImage,
  done: string,
  nearest = 'start it and work inside; or copy them into a directory: systemd-dissect --copy-from',
): string {
  if (kind === 'directory' || kind === 'subvolume') return path;
  throw new MachineError('unsupported', `its files cannot be ${done}: they are in a disk image (${path})`, {
    subject: name,
    hint: nearest,
  });
}

export function isLive({ status }: Pick<ManagedMachine, 'status'>): boolean {
  return status.state !== 'stopped' && status.state !== 'error';
}

export function requireStopped({ name, status }: ManagedMachine, what: string): void {
  if (!isLive({ status })) return;
  throw new MachineError(
    'wrong-state',
    `only a stopped machine can be ${what}; this one is ${status.state}`,
    {
      subject: name,
      hint: `stop it first: tsmachine stop ${name}`,
    },
  );
}
