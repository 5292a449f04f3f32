/** What carries out what the state alone cannot do: looking up, deeds, consoles, recordings. */
import type { Machines } from '../machines/machines.ts';
import { createConnect } from './consoles/connect.ts';
import { createConsoles } from './consoles/consoles.ts';
import type { Outside } from './consoles/outside.ts';
import { toggleRecording } from './consoles/record.ts';
import { createReplays } from './consoles/replay/replays.ts';
import { commandLine } from './deeds/deed.ts';
import { type ConsoleId, isShell, machineOf } from './state/console-view.ts';
import { createDetails } from './store/details.ts';
import type { EffectParts } from './store/effects.ts';
import { createJobs } from './store/jobs.ts';
import type { LiveData } from './store/live-data.ts';
import type { Store } from './store/store.ts';
import type { OwnTerminal } from './terminal/own-terminal.ts';
import { clipboard } from './terminal/screen-modes.ts';

export interface PartsNeeds {
  readonly machines: Machines;
  readonly outside: Outside;
  readonly store: Store;
  readonly terminal: Pick<OwnTerminal, 'lend' | 'redraw' | 'suspend' | 'write'>;
  /** Undefined before it has begun. */
  readonly live: () => LiveData | undefined;
  /** What lies over the panes has changed. */
  readonly onChange: () => void;
  readonly quit: () => void;
}

export function createParts(needs: PartsNeeds): EffectParts {
  const { machines, outside, store, terminal, live, onChange } = needs;
  const handOff = (id: ConsoleId): void => void toWholeTerminal(id, needs);
  const consoles = createConsoles({
    store,
    connect: createConnect(machines, outside, () => !store.state().lockedReadOnly),
    onChange,
    onFocus: (focused) => live()?.setWatched(focused),
    deeds: { record: (id, session) => toggleRecording(store, outside, id, session), handOff },
  });
  return {
    machines,
    store,
    details: createDetails(machines, store),
    jobs: createJobs(machines, store, { onDone: async () => live()?.refresh(), openConsole: consoles.open }),
    consoles,
    replays: createReplays(store, outside, onChange),
    quit: needs.quit,
    suspend: terminal.suspend,
    redraw: terminal.redraw,
    refresh: () => void live()?.refresh(),
    handOff,
    runHere: (words) => void lend(needs, words, () => outside.runHereToRead(words)),
    copy: (text) => terminal.write(clipboard(text)),
  };
}

/** To a command that is a program of its own. */
async function toWholeTerminal(id: ConsoleId, needs: PartsNeeds): Promise<void> {
  const words = [isShell(id) ? 'shell' : 'console', machineOf(id)];
  await lend(needs, words, () => needs.outside.runHere(words));
}

async function lend(
  { store, terminal }: PartsNeeds,
  words: readonly string[],
  run: () => Promise<void>,
): Promise<void> {
  try {
    await terminal.lend(run);
  } catch (error) {
    const notice = {
      kind: 'failed',
      text: `it did not run: ${String(error)}`,
      command: commandLine(words),
    } as const;
    store.tell({ type: 'notice', notice });
  }
}
