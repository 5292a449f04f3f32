/** Which groups are machines', by what machined says: kept up by its signals, since who takes a sample waits for nobody. */
import { BackendError } from '../../backend.ts';
import type { MachineState } from '../../native/cgroups/sampling/group-sampling.ts';
import { type Followed, followSignals } from '../bus/follow.ts';
import { text } from '../bus/values.ts';
import type { NspawnContext } from '../context.ts';
import { machineSignals } from '../machine1.ts';
import type { HostView } from './host-view.ts';
import type { LiveMachine } from './live-machine.ts';
import { findLive, readLive } from './machines.ts';
import { groupPath } from './unit-group.ts';

export interface KnownGroup {
  readonly machine: string;
  readonly state: MachineState;
}

export interface GroupDirectory {
  /** By their paths, relative to the roots of the hierarchies. Another map when there are others. */
  readonly groups: () => ReadonlyMap<string, KnownGroup>;
  readonly close: () => void;
}

/** @param follows false: what is there now is all that is asked for */
export async function openGroupDirectory(
  context: NspawnContext,
  host: HostView,
  follows: boolean,
): Promise<GroupDirectory> {
  const end = new AbortController();
  let groups: ReadonlyMap<string, KnownGroup> = new Map();
  const lookAtAll = async () => {
    const live = await readLive(context, host, await context.machine1.listMachines());
    groups = new Map([...live.values()].flatMap(entryOf));
  };
  const lookAt = async (name: string) => {
    const live = await findLive(context, host, name);
    const others = [...groups].filter(([, { machine }]) => machine !== name);
    groups = new Map([...others, ...(live === undefined ? [] : entryOf(live))]);
  };
  if (follows) await followChanges(context, lookAtAll, lookAt, end.signal);
  else await lookAtAll();
  return { groups: () => groups, close: () => end.abort() };
}

function entryOf({ name, group, registered }: LiveMachine): readonly (readonly [string, KnownGroup])[] {
  if (group === undefined) return [];
  const phase = registered.state === 'closing' ? 'stopping' : 'running';
  return [[groupPath(group), { machine: name, state: { phase, pid: registered.leader } }]];
}

/** Resolves when all were looked at once and no change is missed from then on. Without a bus, what is known stays so. */
function followChanges(
  { bus }: NspawnContext,
  lookAtAll: () => Promise<void>,
  lookAt: (name: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((begun, failed) => {
    const subscribed = async () => {
      await lookAtAll();
      begun();
    };
    const follow = async () => {
      const changes = followSignals({ bus, wanted: [machineSignals], signal, subscribed });
      for await (const change of changes) await takeChange(change, lookAt);
    };
    follow().catch(failed);
  });
}

/** When a connection is there, the first one or a new one, all were looked at. */
async function takeChange(change: Followed, lookAt: (name: string) => Promise<void>): Promise<void> {
  if (typeof change === 'string') return;
  try {
    await lookAt(text(change.body[0]));
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
  }
}
