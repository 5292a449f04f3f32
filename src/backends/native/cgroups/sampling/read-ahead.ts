/**
 * Files of one group, read in one call of the addon. Where each file is read once, what Node adds to its open, read and close is more than
 * what the kernel does for them.
 */
import type { Addon } from '../../addon.ts';
import type { Source } from './sources.ts';

/** One of the shares that files are read into; as much of a file is seen as where Node reads it. */
const SHARE_BYTES = 65_536;
/** More than a group has; what is beyond is read by Node. */
const MOST = 24;

const NONE = -1;

export interface ReadAhead {
  /** @param group in latin1 */
  readonly want: (index: number, group: string) => void;
  /** Reads all that is wanted. */
  readonly read: () => void;
  readonly isRead: (index: number) => boolean;
  /** -1: it could not be read. */
  readonly lengthOf: (index: number) => number;
  readonly bytesOf: (index: number) => Buffer;
  /** What was read is old from now on. */
  readonly forget: () => void;
}

/** @param sources what `index` means everywhere here */
export function createReadAhead({ read }: Addon, sources: readonly Source[]): ReadAhead {
  const places = sources.map(placeOf);
  const room = Buffer.allocUnsafeSlow(MOST * SHARE_BYTES);
  const shares = Array.from({ length: MOST }, (_, share) =>
    room.subarray(share * SHARE_BYTES, (share + 1) * SHARE_BYTES),
  );
  // For each number of files, so that a call makes no objects.
  const answers = Array.from({ length: MOST + 1 }, (_, count) => ({
    room: room.subarray(0, count * SHARE_BYTES),
    lengths: new Int32Array(count),
  }));
  const shareOf = new Int8Array(sources.length).fill(NONE);
  let lengths = new Int32Array(0);
  let paths = '';
  let count = 0;

  return {
    want: (index, group) => {
      const place = places[index];
      if (place === undefined || count === MOST) return;
      paths += group === '' ? `${place.mount}/${place.file}\0` : `${place.mount}/${group}/${place.file}\0`;
      shareOf[index] = count;
      count += 1;
    },
    read: () => {
      const answer = answers[count];
      if (count === 0 || answer === undefined) return;
      lengths = answer.lengths;
      read(paths, answer.room, lengths);
      paths = '';
      count = 0;
    },
    isRead: (index) => (shareOf[index] ?? NONE) !== NONE,
    lengthOf: (index) => Math.max(NONE, lengths[shareOf[index] as number] as number),
    bytesOf: (index) => shares[shareOf[index] as number] as Buffer,
    forget: () => {
      shareOf.fill(NONE);
    },
  };
}

/** Undefined: kernels have it under several names, and Node looks which one is there. */
function placeOf({ mount, files }: Source): { readonly mount: string; readonly file: string } | undefined {
  const [file] = files;
  if (file === undefined || files.length > 1) return undefined;
  return { mount: Buffer.from(mount).toString('latin1'), file };
}
