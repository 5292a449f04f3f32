/** What the helper's `transfer` is told (docs/launch-plan.md, "Transfer"). */
import type { IdRange } from '../../backend.ts';
import type { TransferRequest } from '../../files.ts';
import type { ProcessId } from '../life/process-stat.ts';
import type { WireRecord } from '../records.ts';

export type Direction = 'push' | 'pull';

/** Where the files of a machine are reached. */
export type TransferPlace =
  /** It runs. */
  | { readonly init: ProcessId }
  /** It is stopped: the directory of its changes, and its layers, top first. */
  | { readonly overlay: readonly [storage: string, ...layers: string[]] }
  /** It is stopped: all its files. `shift`: the ids that its own ones are on disk; undefined: the same. */
  | { readonly tree: string; readonly shift?: IdRange };

/** `ids`: how many the machine has; undefined: all there are. */
export function transferRecords(
  direction: Direction,
  place: TransferPlace,
  ids: number | undefined,
  request: TransferRequest,
): readonly WireRecord[] {
  const { owner, sources, target } = request;
  const choices = [
    ...(request.into ? ['into'] : []),
    ...(request.parents ? ['parents'] : []),
    ...(request.setId ? ['set-id'] : []),
  ];
  return [
    record('direction', direction),
    ...placeRecords(place),
    record('sources', ...sources),
    record('target', target),
    owner === 'keep' ? record('owner', 'keep') : record('owner', owner.uid, owner.gid),
    ...(ids === undefined || direction === 'pull' ? [] : [record('ids', ids)]),
    ...(choices.length === 0 ? [] : [record('choice', ...choices)]),
  ];
}

function placeRecords(place: TransferPlace): readonly WireRecord[] {
  if ('init' in place) return [record('init', place.init.pid, place.init.start)];
  if ('overlay' in place) return [record('overlay', ...place.overlay)];
  const { tree, shift } = place;
  return [record('tree', tree), ...(shift === undefined ? [] : [record('shift', shift.base, shift.count)])];
}

function record(name: string, ...args: readonly (string | number)[]): WireRecord {
  return { name, arguments: args.map(String) };
}
