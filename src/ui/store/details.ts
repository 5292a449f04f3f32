/** Looks up what the chosen tab shows of the selected machine: when it is looked at first, and again after something happened to it. */
import type { Machines } from '../../machines/machines.ts';
import { panes } from '../panes/panes.ts';
import { detailKey, selectedMachine } from '../state/dashboard-state.ts';
import type { Store } from './store.ts';

/** Who moves through the list does not want each machine looked up. */
const REST_MS = 60;

export interface Details {
  /** After each change of the state: looks up what is missing. */
  readonly look: () => void;
  /** What was seen of the machine is old. */
  readonly forget: (name: string) => void;
  readonly close: () => void;
}

export function createDetails(machines: Machines, store: Store): Details {
  /** Keys of what is true still, or being looked up. */
  const fresh = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let wanted = '';
  let closed = false;

  const lookUp = (): void => {
    const state = store.state();
    const { tab } = state;
    const machine = selectedMachine(state);
    const load = panes[tab].load;
    if (machine === undefined || load === undefined) return;
    const { name } = machine;
    const key = detailKey(tab, name);
    if (fresh.has(key)) return;
    fresh.add(key);
    store.tell({ type: 'looking', tab, name });
    // A look-up that throws at once is one that fails.
    Promise.resolve()
      .then(() => load(machines, name, state))
      .then(
        (value) => !closed && store.tell({ type: 'seen', tab, name, value }),
        (error: unknown) => !closed && store.tell({ type: 'unseen', tab, name, error }),
      );
  };

  return {
    look: () => {
      const { tab, selected } = store.state();
      const key = detailKey(tab, selected ?? '');
      if (key === wanted && fresh.has(key)) return;
      const sameMachine = wanted.endsWith(` ${selected}`);
      wanted = key;
      clearTimeout(timer);
      timer = setTimeout(lookUp, sameMachine ? 0 : REST_MS);
    },
    forget: (name) => {
      for (const key of fresh) if (key.endsWith(` ${name}`)) fresh.delete(key);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
