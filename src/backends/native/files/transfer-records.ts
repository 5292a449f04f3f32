/** What the helper's `transfer` is told (docs/launch-plan.md, "Transfer"). */
import type { MachineHandle } from '../../backend.ts';
import type { TransferRequest } from '../../files.ts';
import type { ProcessId } from '../life/process-stat.ts';
import type { WireRecord } from '../records.ts';
import { overlayDirectories, treeRoot } from '../storage/places.ts';

export type Direction = 'push' | 'pull';

/** `init` undefined: the machine is stopped. */
export function transferRecords(
  direction: Direction,
  machine: MachineHandle,
  init: ProcessId | undefined,
  request: TransferRequest,
): readonly WireRecord[] {
  const { owner, sources, target } = request;
  const choices = [
    ...(request.into ? ['into'] : []),
    ...(request.parents ? ['parents'] : []),
    ...(request.setId ? ['set-id'] : []),
  ];
  const ids = direction === 'push' ? machine.spec.idRange?.count : undefined;
  return [
    record('direction', direction),
    init === undefined ? filesOf(machine) : record('init', init.pid, init.start),
    record('sources', ...sources),
    record('target', target),
    owner === 'keep' ? record('owner', 'keep') : record('owner', owner.uid, owner.gid),
    ...(ids === undefined ? [] : [record('ids', ids)]),
    ...(choices.length === 0 ? [] : [record('choice', ...choices)]),
  ];
}

function filesOf(machine: MachineHandle): WireRecord {
  const { driver, layers } = machine.spec.storage;
  return driver === 'overlay'
    ? record('overlay', overlayDirectories(machine).storage, ...layers)
    : record('tree', treeRoot(machine));
}

function record(name: string, ...args: readonly (string | number)[]): WireRecord {
  return { name, arguments: args.map(String) };
}
