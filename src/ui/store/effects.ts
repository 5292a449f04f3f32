/** Carries out what the state alone cannot do. */
import type { Machines } from '../../machines/machines.ts';
import type { Consoles } from '../consoles/consoles.ts';
import type { Replays } from '../consoles/replay/replays.ts';
import { type ConsoleId, shellOf } from '../state/console-view.ts';
import type { Effect } from '../state/press.ts';
import type { Details } from './details.ts';
import type { Jobs } from './jobs.ts';
import { lookFirst } from './look-first.ts';
import type { Store } from './store.ts';

export interface EffectParts {
  readonly machines: Machines;
  readonly store: Store;
  readonly details: Details;
  readonly jobs: Jobs;
  readonly consoles: Consoles;
  readonly replays: Replays;
  readonly quit: () => void;
  readonly suspend: () => void;
  readonly redraw: () => void;
  /** Reads the list of machines again. */
  readonly refresh: () => void;
  /** The whole terminal becomes this console until it is left. */
  readonly handOff: (id: ConsoleId) => void;
  /** The whole terminal becomes this command's until it has ended and was read. */
  readonly runHere: (words: readonly string[]) => void;
  /** Into the clipboard of whoever sits at the terminal. */
  readonly copy: (text: string) => void;
}

/** Of a question: resolves when its dialog is there, or will not come. */
export function carryOutEffect(effect: Effect, parts: EffectParts): Promise<void> | undefined {
  const { store, details, jobs, consoles } = parts;
  switch (effect.type) {
    case 'quit':
      parts.quit();
      break;
    case 'suspend':
      parts.suspend();
      break;
    case 'redraw':
      parts.redraw();
      break;
    case 'refresh':
      for (const { name } of store.state().machines) details.forget(name);
      parts.refresh();
      details.look();
      break;
    case 'look-again':
      details.forget(effect.name);
      details.look();
      break;
    case 'ask':
      return lookFirst(effect.question, parts.machines, store);
    case 'deeds':
      jobs.run(effect.deeds);
      break;
    case 'break-off':
      if (!jobs.breakOff()) say(store, 'hint', 'nothing is under way; q leaves');
      break;
    case 'copy':
      parts.copy(effect.text);
      say(store, 'done', `copied: ${effect.text}`);
      break;
    case 'open-console':
      consoles.open(effect.name);
      break;
    case 'shell-here':
      parts.handOff(shellOf(effect.name));
      break;
    case 'run-here':
      parts.runHere(effect.words);
      break;
    case 'open-grid':
      consoles.openGrid(effect.names);
      break;
    case 'choose-replay':
      void parts.replays.choose();
      break;
    case 'replay':
      void parts.replays.open(effect.path);
      break;
    case 'replay-deed':
      parts.replays.act(effect.deed);
      break;
    case 'shell':
      consoles.open(shellOf(effect.name));
      break;
  }
  return undefined;
}

function say(store: Store, kind: 'done' | 'hint', text: string): void {
  store.tell({ type: 'notice', notice: { kind, text, command: undefined } });
}
