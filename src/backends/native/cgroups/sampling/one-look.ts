/**
 * One look at many groups: a file of all of them, then the next file. Where each is read once, the calls of Node cost more than the
 * kernel's reads.
 */

import { now } from './clock.ts';
import { COUNTER, noCounters, RATES_ALONE } from './counters.ts';
import type { Format } from './formats/format.ts';
import { bytesAsText, type Looks } from './looks.ts';
import { isUnlimited, LOOK_AGAIN_S } from './source-reading.ts';
import type { Source } from './sources.ts';

/** So many groups share one buffer. */
const AT_ONCE = 64;
/** Longer than any file that is sampled; of a longer one the rest is not seen. */
const SHARE_BYTES = 65_536;

/** What a group says at a look. Good until `tell` returns: the next ones have the same places. */
export interface Seen {
  group: string;
  readonly counters: number[];
  /** When each source was read, in seconds of the monotonic clock; NaN: it was not, or is not there. */
  readonly readAt: number[];
  /** Something could be read: the root of v2 has neither events nor counts of its own, but it is there. */
  alive: boolean;
  /** More was read than that nothing is left in it. */
  hasMore: boolean;
  /** When all of it was read last: what stands still is not read again at once. */
  allReadAt: number;
}

export type Before = Pick<Seen, 'allReadAt'> & { readonly counters: readonly number[] };

export interface OneLook {
  /**
   * @param groups paths below the mounts, in latin1
   * @param tell is called for each that is still there, in the same order
   */
  readonly at: (groups: readonly string[], tell: (seen: Seen) => void) => void;
}

/** What says something without a second look. */
export function saysAtOnce({ format }: { readonly format: Format }): boolean {
  return !format.counters.every((counter) => RATES_ALONE.has(counter));
}

/** @param before what a group that had more said at the look before; all of it is wanted again, for what it used until nothing was left */
export function createOneLook(
  sources: readonly Source[],
  looks: Looks,
  before: (group: string) => Before | undefined,
): OneLook {
  const numbered = sources.map((source, index) => ({ ...source, index }));
  const telling = numbered.filter(tellsWhatIsLeft);
  const others = numbered.filter((source) => !tellsWhatIsLeft(source));
  const always = others.filter(({ when }) => when === 'always');
  const moved = others.filter(({ when }) => when === 'moved');
  const read = createReader(looks);
  // The same for all, so that thousands of groups leave no thousands of arrays.
  const places = Array.from({ length: AT_ONCE }, () => placeFor(sources));
  return {
    at: (groups, tell) => {
      for (let from = 0; from < groups.length; from += AT_ONCE) {
        const some = groups
          .slice(from, from + AT_ONCE)
          .map((group, index) => begin(places[index] as Seen, group));
        read(some, telling);
        for (const seen of some) seen.hasMore = isSomethingLeft(seen) || before(seen.group) !== undefined;
        const more = some.filter(({ hasMore }) => hasMore);
        read(more, always);
        const at = now();
        read(
          more.filter((seen) => !saysTheSame(seen, before(seen.group), moved, at)),
          moved,
        );
        some.forEach((seen) => {
          const { counters, alive } = seen;
          if (counters[COUNTER.populated] === 0) counters[COUNTER.tasks] = 0;
          if (alive) tell(seen);
        });
      }
    },
  };
}

/** In the reader's order of sources, each at its place in the list that rates are made by. */
type Numbered = Source & { readonly index: number };

function tellsWhatIsLeft({ tells }: Source): boolean {
  return tells === 'life' || tells === 'memory';
}

function placeFor(sources: readonly Source[]): Seen {
  const readAt = sources.map(() => Number.NaN);
  return { group: '', counters: noCounters(), readAt, alive: false, hasMore: false, allReadAt: 0 };
}

function begin(seen: Seen, group: string): Seen {
  seen.group = group;
  seen.counters.fill(Number.NaN);
  seen.readAt.fill(Number.NaN);
  seen.alive = false;
  return seen;
}

/** Without processes only memory can be. */
function isSomethingLeft({ counters }: Seen): boolean {
  return counters[COUNTER.populated] !== 0 || (counters[COUNTER.memory] as number) > 0;
}

/** It has neither run nor is there more or less in its memory: takes what was read a moment ago for what it says now. */
function saysTheSame(
  seen: Seen,
  before: Before | undefined,
  moved: readonly Numbered[],
  at: number,
): boolean {
  seen.allReadAt = at;
  if (before === undefined || at - before.allReadAt >= LOOK_AGAIN_S) return false;
  if (seen.counters[COUNTER.cpuUsec] !== before.counters[COUNTER.cpuUsec]) return false;
  if (seen.counters[COUNTER.memory] !== before.counters[COUNTER.memory]) return false;
  seen.allReadAt = before.allReadAt;
  for (let index = 0; index < moved.length; index += 1) {
    const { format, index: place } = moved[index] as Numbered;
    for (const counter of format.counters) seen.counters[counter] = before.counters[counter] as number;
    seen.readAt[place] = at;
  }
  return true;
}

function createReader(looks: Looks): (some: readonly Seen[], sources: readonly Numbered[]) => void {
  const room = createRoom();
  let behind: Room | undefined;
  return (all, sources) => {
    for (const source of sources) {
      let some = all.filter(({ counters }) => !isUnlimited(source, counters));
      // The first file that is there.
      for (const file of source.files) {
        if (some.length === 0) break;
        const at = now();
        const lengths = readInto(room, looks, source.mount, some, file);
        if (source.beside !== undefined && source.beside !== file) {
          behind ??= createRoom();
          const more = readInto(behind, looks, source.mount, some, source.beside);
          putBehind(room, lengths, behind, more);
        }
        take(some, source, room, lengths, at);
        some = some.filter((_, index) => (lengths[index] as number) < 0);
      }
    }
  };
}

/** What is read of many groups in one call: an equal share for each. */
interface Room {
  readonly all: Buffer;
  readonly shares: readonly Buffer[];
}

function createRoom(): Room {
  const all = Buffer.allocUnsafeSlow(AT_ONCE * SHARE_BYTES);
  const shares = Array.from({ length: AT_ONCE }, (_, share) =>
    all.subarray(share * SHARE_BYTES, (share + 1) * SHARE_BYTES),
  );
  return { all, shares };
}

/** @returns bytes of each; less than 0 where it is not there */
function readInto(
  { all }: Room,
  looks: Looks,
  mount: string,
  some: readonly Seen[],
  file: string,
): Int32Array {
  const names = some.map(({ group }) => `${group}\0`).join('');
  const lengths = new Int32Array(some.length);
  looks.read(bytesAsText(mount), names, file, all.subarray(0, some.length * SHARE_BYTES), lengths);
  return lengths;
}

/** Puts the second file of each behind its first one. */
function putBehind(first: Room, lengths: Int32Array, second: Room, more: Int32Array): void {
  for (let index = 0; index < lengths.length; index += 1) {
    const [from, length] = [lengths[index] as number, more[index] as number];
    if (from < 0 || length <= 0) continue;
    const copied = (second.shares[index] as Buffer).copy(first.shares[index] as Buffer, from, 0, length);
    lengths[index] = from + copied;
  }
}

function take(
  some: readonly Seen[],
  { format, index: place }: Numbered,
  { shares }: Room,
  lengths: Int32Array,
  at: number,
): void {
  for (let index = 0; index < some.length; index += 1) {
    const length = lengths[index] as number;
    if (length < 0) continue;
    const seen = some[index] as Seen;
    format.parse(shares[index] as Buffer, length, seen.counters);
    seen.readAt[place] = at;
    seen.alive = true;
  }
}
