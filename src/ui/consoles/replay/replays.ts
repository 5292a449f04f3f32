/** The recordings that are played, each in the pane of the machine that was selected then. */

import type { ReplayPlace } from '../../state/console-view.ts';
import { type ConsoleId, machineOf, replayOf } from '../../state/console-view.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import { withDialog } from '../../state/pressed.ts';
import { type ReplayDeed, seenReplay } from '../../state/replay-view.ts';
import { about, enter, forgotten, seenConsoles } from '../../state/show-consoles.ts';
import type { Store } from '../../store/store.ts';
import type { Region } from '../../terminal/screen.ts';
import { areCovered, consoleAreas } from '../console-areas.ts';
import type { Outside } from '../outside.ts';
import { createPlayer, type Player } from './player.ts';

export interface Replays {
  /** Of a file. What cannot be played is said. */
  readonly open: (path: string) => Promise<void>;
  /** Asks which. */
  readonly choose: () => Promise<void>;
  /** To the one that is seen. */
  readonly act: (deed: ReplayDeed) => void;
  readonly regions: () => readonly Region[];
  /** After each change of the state: a recording goes with the machine in whose pane it was. */
  readonly fit: () => void;
  readonly close: () => void;
}

/** @param onChange one that is seen has changed */
export function createReplays(
  store: Store,
  outside: Pick<Outside, 'openRecording' | 'recordings'>,
  onChange: () => void,
): Replays {
  const players = new Map<ConsoleId, Player>();
  let closed = false;

  const tellPlace = (id: ConsoleId, player: Player): void => {
    if (players.get(id) !== player) return;
    const place = player.place();
    if (!isSame(place, store.state().view.about.get(id)?.replay))
      store.update((state) => about(state, id, { replay: place }));
    if (seenConsoles(store.state()).includes(id)) onChange();
  };
  const begin = async (path: string): Promise<void> => {
    const cast = await outside.openRecording(path);
    if (closed) return cast.close();
    const id = replayOf(store.state().selected ?? '');
    players.get(id)?.close();
    const player: Player = createPlayer(cast, () => tellPlace(id, player));
    players.set(id, player);
    store.update((state) => enter(about(state, id, { replay: player.place() }), id));
  };
  const forget = (id: ConsoleId): void => {
    players.get(id)?.close();
    players.delete(id);
    store.update((state) => forgotten(state, id));
  };

  return {
    open: (path) => begin(path).catch((error: unknown) => fail(store, error)),
    choose: async () => {
      try {
        const files = await outside.recordings();
        if (!closed) store.update((state) => withDialog(state, { kind: 'recordings', files, index: 0 }));
      } catch (error) {
        fail(store, error);
      }
    },
    act: (deed) => {
      const id = seenReplay(store.state());
      if (id === undefined) return;
      if (deed.type === 'close') forget(id);
      else players.get(id)?.act(deed);
    },
    regions: () => regionsOf(players, store.state()),
    fit: () => {
      for (const id of players.keys()) if (isGone(id, store.state())) forget(id);
    },
    close: () => {
      closed = true;
      for (const player of players.values()) player.close();
      players.clear();
    },
  };
}

function regionsOf(players: ReadonlyMap<ConsoleId, Player>, state: DashboardState): readonly Region[] {
  if (areCovered(state)) return [];
  return consoleAreas(state).flatMap(({ id, inside }) => {
    const { column, row, width, height } = inside;
    const player = players.get(id);
    if (player === undefined || width < 2 || height < 1) return [];
    return [{ column, row, width, lines: player.lines(column, { columns: width, rows: height }) }];
  });
}

/** The machine in whose pane it was. */
function isGone(id: ConsoleId, { known, machines }: DashboardState): boolean {
  const name = machineOf(id);
  return known && name !== '' && !machines.some((machine) => machine.name === name);
}

function isSame(a: ReplayPlace, b: ReplayPlace | undefined): boolean {
  return b !== undefined && (Object.keys(a) as (keyof ReplayPlace)[]).every((key) => a[key] === b[key]);
}

function fail(store: Store, error: unknown): void {
  const text = `no replay: ${error instanceof Error ? error.message : String(error)}`;
  store.tell({ type: 'notice', notice: { kind: 'failed', text, command: undefined } });
}
