/**
 * The trash of a manager's machines: images with hidden names, each beside those of machines. The time comes first, since names of machines
 * that are not ours may have dots.
 *
 *     .tsmachine-trash-machine.MILLISECONDS.NAME            a destroyed machine
 *     .tsmachine-trash-machine.MILLISECONDS.NAME@SNAPSHOT   a kept state of it, which went with it
 *     .tsmachine-trash-snapshot.MILLISECONDS.NAME@SNAPSHOT  a kept state that was removed by itself
 *     .tsmachine-trash-paths.MILLISECONDS.NAME              what paths were before a revert
 *
 * Several images go one after the other: the kept states first into the trash and last out of it. So kept states whose machine does not lie
 * there with them are of a command that died, and belong to the machine of that name again (settle-leavings.ts).
 */
import { isSnapshotName } from '../../names/snapshot-names.ts';
import type { TrashEntry } from '../../trash/entries.ts';
import { isImageName, splitKeptState } from './image-names.ts';

const PREFIX = '.tsmachine-trash-';

/** An image in the trash. */
export interface TrashedImage extends TrashEntry {
  /** The image's name. */
  readonly image: string;
  /** Of kind `machine`: the machine's own files, or, with a name, a kept state that went with it and is no entry of its own. */
  readonly withMachine: string | undefined;
}

export function trashedMachine(machine: string, now: number): string {
  return `${PREFIX}machine.${now}.${machine}`;
}

/** Of a machine that goes, or went, at `now` too. */
export function trashedWithMachine(machine: string, snapshot: string, now: number): string {
  return `${trashedMachine(machine, now)}@${snapshot}`;
}

export function trashedSnapshot(machine: string, snapshot: string, now: number): string {
  return `${PREFIX}snapshot.${now}.${machine}@${snapshot}`;
}

export function trashedPaths(machine: string, now: number): string {
  return `${PREFIX}paths.${now}.${machine}`;
}

/** Undefined for what does not lie in the trash. */
export function parseTrashed(image: string): TrashedImage | undefined {
  const [, word, time, rest] = /^\.tsmachine-trash-([a-z]+)\.(\d{1,15})\.(.+)$/s.exec(image) ?? [];
  if (word === undefined || time === undefined || rest === undefined || !isImageName(rest)) return undefined;
  const { machine, snapshot } = splitKeptState(rest);
  if (machine === '' || (snapshot !== undefined && !isSnapshotName(snapshot))) return undefined;
  const common = { image, machine, removedAt: Number(time), withMachine: undefined };
  if (word === 'machine') {
    const entry = `${machine}.${time}`;
    return { ...common, kind: word, entry, snapshot: undefined, withMachine: snapshot };
  }
  if (word === 'snapshot' && snapshot !== undefined) {
    return { ...common, kind: word, entry: `${machine}@${snapshot}.${time}`, snapshot };
  }
  if (word === 'paths' && snapshot === undefined) {
    return { ...common, kind: word, entry: `${machine}+paths.${time}`, snapshot };
  }
  return undefined;
}

/** What commands show and take, newest first. */
export function trashEntries(images: readonly string[]): readonly TrashedImage[] {
  return images
    .map(parseTrashed)
    .filter((found) => found !== undefined)
    .filter(({ withMachine }) => withMachine === undefined)
    .sort((one, other) => other.removedAt - one.removedAt);
}

/** Kept states that lie in the trash with a machine. */
export function keptWith(entry: TrashedImage, images: readonly string[]): readonly TrashedImage[] {
  return images
    .map(parseTrashed)
    .filter((found) => found !== undefined)
    .filter(
      ({ entry: of, kind, withMachine }) =>
        kind === 'machine' && of === entry.entry && withMachine !== undefined,
    );
}

/** Those whose machine does not lie there with them. */
export function strayKeptStates(
  images: readonly string[],
): readonly (TrashedImage & { readonly withMachine: string })[] {
  const names = new Set(images);
  return images
    .map(parseTrashed)
    .filter(
      (found): found is TrashedImage & { readonly withMachine: string } => found?.withMachine !== undefined,
    )
    .filter(({ machine, removedAt }) => !names.has(trashedMachine(machine, removedAt)));
}
