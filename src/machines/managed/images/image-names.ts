/** Names of images: a machine's own, and `MACHINE@SNAPSHOT` for a kept state of it. Those with a dot first are hidden, and nobody's machines. */
import { MachineError } from '../../errors.ts';
import { isSnapshotName } from '../../names/snapshot-names.ts';

/** As hostname_is_valid of systemd has it, which machined goes by: machines that others made may have dots in their names. */
const machineName =
  /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;

/** True for what machined may call a machine. A new one of ours keeps to machine-names.ts. */
export function isManagedName(name: string): boolean {
  return name.length <= 64 && machineName.test(name);
}

/** Throws MachineError `usage`. Everything that makes a path, a unit's name or an image's name of a name goes through here first. */
export function checkManagedName(name: string): void {
  if (isManagedName(name)) return;
  throw new MachineError('usage', `${JSON.stringify(name)} is not a machine name`, {
    subject: name,
    hint: '1 to 64 letters, digits, hyphens, underscores and dots, as host names are',
  });
}

/** True for what may be the name of a file beside others. */
export function isImageName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return name !== '' && name !== '.' && name !== '..' && name.length <= 200 && !/[/\x00-\x1f\x7f]/.test(name);
}

export function keptStateName(machine: string, snapshot: string): string {
  return `${machine}@${snapshot}`;
}

/** `snapshot` undefined: it is a machine's own. */
export function splitKeptState(image: string): {
  readonly machine: string;
  readonly snapshot: string | undefined;
} {
  const at = image.indexOf('@');
  return at === -1
    ? { machine: image, snapshot: undefined }
    : { machine: image.slice(0, at), snapshot: image.slice(at + 1) };
}

/** Of kept states of a machine; others that merely look so are not among them. */
export function snapshotsAmong(machine: string, images: readonly string[]): readonly string[] {
  return images
    .map(splitKeptState)
    .filter((image) => image.machine === machine)
    .flatMap(({ snapshot }) => (snapshot !== undefined && isSnapshotName(snapshot) ? [snapshot] : []));
}
