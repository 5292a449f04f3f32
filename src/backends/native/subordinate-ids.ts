/** /etc/subuid and /etc/subgid (subuid(5)): which host ids are given to whom. */

export interface Span {
  readonly start: number;
  /** The first that is no longer part of it. */
  readonly end: number;
}

/** Both files: an id range is used for users and for groups alike. */
export interface SubordinateIds {
  readonly subuid: string;
  readonly subgid: string;
}

/** Ids of a systemd container lie here (UIDS-GIDS.md); up to the first span below lie those of other programs. */
export const CONTAINER_SPAN: Span = { start: 0x20000000, end: 0x70000000 };
export const RANGE_SIZE = 65536;

/** Entries that are ours: our own name first, else root's, whom the administrator may have given ranges for containers. */
const OWN_NAMES = [['tsmachine'], ['root', '0']] as const;

export interface Territory {
  /** Where ranges may lie, in the order in which they are to be tried. */
  readonly allowed: readonly Span[];
  /** Where none may lie: they are others'. */
  readonly foreign: readonly Span[];
  /** Whether `allowed` is what the administrator wrote, for the error when it is full. */
  readonly configured: boolean;
}

/** The part of the host's ids in which machines get their ranges. */
export function territory(files: SubordinateIds): Territory {
  const uids = parseEntries(files.subuid);
  const gids = parseEntries(files.subgid);
  for (const names of OWN_NAMES) {
    const own = (entries: readonly Entry[]): readonly Span[] =>
      entries.filter(({ owner }) => names.includes(owner as never));
    const both = intersections(own(uids), own(gids)).filter(holdsRange);
    if (both.length > 0) {
      const others = [...uids, ...gids].filter(({ owner }) => !names.includes(owner as never));
      return { allowed: preferContainerSpan(both), foreign: others, configured: true };
    }
  }
  return { allowed: [CONTAINER_SPAN], foreign: [...uids, ...gids], configured: false };
}

interface Entry extends Span {
  readonly owner: string;
}

/** Lines that are no entry are skipped, as shadow does. */
function parseEntries(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([^:#\s][^:]*):(\d{1,10}):(\d{1,10})\s*$/.exec(line);
    if (match === null) return [];
    const [, owner = '', start, count] = match;
    return [{ owner, start: Number(start), end: Number(start) + Number(count) }];
  });
}

function intersections(some: readonly Span[], others: readonly Span[]): readonly Span[] {
  return some.flatMap((a) =>
    others
      .map((b) => ({ start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) }))
      .filter(({ start, end }) => start < end),
  );
}

function holdsRange(span: Span): boolean {
  return alignUp(span.start) + RANGE_SIZE <= span.end;
}

/**
 * An administrator's billion of ids for root often serves other managers too, and they begin at its beginning: what
 * lies in systemd's container span comes first.
 */
function preferContainerSpan(spans: readonly Span[]): readonly Span[] {
  const inside = intersections(spans, [CONTAINER_SPAN]);
  const below = intersections(spans, [{ start: RANGE_SIZE, end: CONTAINER_SPAN.start }]);
  const above = intersections(spans, [{ start: CONTAINER_SPAN.end, end: 2 ** 31 }]);
  return [...inside, ...below, ...above];
}

/** Every aligned base that `territory` has room for, lazily: there are thousands. */
export function* candidateBases({ allowed, foreign }: Territory): Generator<number> {
  for (const { start, end } of allowed) {
    for (let base = alignUp(start); base + RANGE_SIZE <= end; base += RANGE_SIZE) {
      if (!foreign.some((span) => span.start < base + RANGE_SIZE && base < span.end)) yield base;
    }
  }
}

function alignUp(id: number): number {
  return Math.ceil(id / RANGE_SIZE) * RANGE_SIZE;
}
