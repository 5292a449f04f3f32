/**
 * What comes without being asked for: what machines use, by a sampler that keeps its files open, and what happens to them, by the
 * journal. Nothing is polled: the list is read again when the journal says that something changed.
 */
import type { UsageSampler } from '../../backends/usage.ts';
import type { Machines } from '../../machines/machines.ts';
import { commandLine } from '../deeds/deed.ts';
import { detailKey } from '../state/dashboard-state.ts';
import { samplesByName } from '../state/machine-order.ts';
import { createListReader, type ReadList } from './list-reader.ts';
import type { Store } from './store.ts';

/** Between two samples at least, while the terminal says that nobody looks. */
const AWAY_MS = 5000;
/** Events come in bundles: one start writes two. */
const GATHER_MS = 30;

export interface LiveData {
  /** Reads the list of machines now. */
  readonly refresh: ReadList;
  readonly setWatched: (watched: boolean) => void;
  readonly close: () => void;
}

export async function followMachines(
  machines: Machines,
  store: Store,
  onEvent: (name: string) => void,
  intervalSeconds = 1,
): Promise<LiveData> {
  const ending = new AbortController();
  let gathering: NodeJS.Timeout | undefined;
  const read = createListReader(machines, store, ending.signal, (error) =>
    store.tell({
      type: 'notice',
      notice: { kind: 'failed', text: messageOf(error), command: commandLine(['list']) },
    }),
  );
  const refresh = (): Promise<void> => {
    clearTimeout(gathering);
    gathering = undefined;
    return read();
  };
  const soon = (): void => {
    gathering ??= setTimeout(refresh, GATHER_MS);
  };
  const first = refresh();
  void followJournal(machines, store, ending.signal, (name) => {
    soon();
    onEvent(name);
  });
  const [sampler] = await Promise.all([machines.openSampler('machines', { rates: true }), first]);
  const sampling = startSampling(sampler, store, intervalSeconds * 1000);
  return {
    refresh,
    setWatched: sampling.setWatched,
    close: () => {
      clearTimeout(gathering);
      ending.abort();
      sampling.close();
    },
  };
}

async function followJournal(
  machines: Machines,
  store: Store,
  signal: AbortSignal,
  onEvent: (name: string) => void,
): Promise<void> {
  try {
    for await (const event of machines.followEvents({}, signal)) {
      store.tell({ type: 'event', event });
      onEvent(event.name);
    }
  } catch (error) {
    if (signal.aborted) return;
    store.tell({
      type: 'notice',
      notice: { kind: 'failed', text: messageOf(error), command: commandLine(['events', '-f']) },
    });
  }
}

function startSampling(
  sampler: UsageSampler,
  store: Store,
  lookingMs: number,
): Pick<LiveData, 'setWatched' | 'close'> {
  let interval = lookingMs;
  let timer: NodeJS.Timeout | undefined;
  const take = (): void => {
    if (!store.state().paused) {
      store.tell({ type: 'sample', sample: sampler.sample() });
      tellProcesses(sampler, store);
    }
    timer = setTimeout(take, interval);
  };
  take();
  return {
    setWatched: (watched) => {
      interval = watched ? lookingMs : Math.max(AWAY_MS, lookingMs);
      clearTimeout(timer);
      if (watched) take();
      else timer = setTimeout(take, interval);
    },
    close: () => {
      clearTimeout(timer);
      sampler.close();
    },
  };
}

/** Only of what is looked at. */
function tellProcesses(sampler: UsageSampler, store: Store): void {
  const state = store.state();
  const { selected, tab } = state;
  if (tab !== 'processes' || selected === undefined) return;
  const group = samplesByName(state).get(selected);
  const value = group === undefined ? [] : sampler.processes(group.id);
  const before = state.details.get(detailKey('processes', selected));
  if (value.length === 0 && before === undefined) return;
  store.tell({ type: 'seen', tab: 'processes', name: selected, value });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
