/** The consoles that are open, kept alive while somebody looks elsewhere. */
import type { ConsoleConnection, ExitRecord } from '../../backends/backend.ts';
import type { ConsoleId } from '../state/console-view.ts';
import { about, ended, forgotten, leave, opened, seenConsoles, typedAt } from '../state/show-consoles.ts';
import type { Store } from '../store/store.ts';
import type { EmulatorSize } from './emulator.ts';
import { type OpenConsole, openConsole } from './open-console.ts';
import { openSession, type SessionEvents } from './session.ts';

export interface Connected {
  readonly connection: ConsoleConnection;
  /** How many of the first bytes are from before. */
  readonly replayBytes: number;
}

export interface SessionsOptions {
  readonly connect: (id: ConsoleId, size: EmulatorSize) => Promise<Connected>;
  readonly endWords: (id: ConsoleId, exit: ExitRecord | undefined) => string;
  readonly sizeOf: (id: ConsoleId) => EmulatorSize;
  /** Cells of it may have changed. */
  readonly onOutput: (id: ConsoleId) => void;
}

export interface Sessions {
  readonly get: (id: ConsoleId) => OpenConsole | undefined;
  readonly all: () => ReadonlyMap<ConsoleId, OpenConsole>;
  /** Connects, if it is not. */
  readonly open: (id: ConsoleId) => void;
  /** What comes before it is connected waits for that. */
  readonly send: (id: ConsoleId, bytes: Buffer) => void;
  readonly forget: (id: ConsoleId) => void;
  readonly close: () => void;
}

/** Of what is typed ahead, bytes. */
const MOST_AHEAD = 4096;

export function createSessions(store: Store, options: SessionsOptions): Sessions {
  const sessions = new Map<ConsoleId, OpenConsole>();
  const opening = new Map<ConsoleId, Buffer>();
  let closed = false;

  const isLive = (id: ConsoleId): boolean => store.state().consoles.includes(id);
  const begin = (id: ConsoleId, connected: Connected): void => {
    sessions.get(id)?.close();
    const session: OpenConsole = connectedConsole(id, connected, store, options.sizeOf(id), {
      onOutput: () => {
        session.touch();
        options.onOutput(id);
      },
      onEnd: (exit) => {
        if (closed || sessions.get(id) !== session) return;
        session.recorder.end();
        store.update((state) => ended(state, id, options.endWords(id, exit)));
      },
    });
    sessions.set(id, session);
    store.update((state) => opened(state, id));
    session.type(opening.get(id) ?? Buffer.alloc(0));
  };

  return {
    get: (id) => sessions.get(id),
    all: () => sessions,
    open: (id) => {
      if (isLive(id) || opening.has(id)) return;
      opening.set(id, Buffer.alloc(0));
      store.update((state) => about(state, id, {}));
      void options
        .connect(id, options.sizeOf(id))
        .then(
          (connected) => (closed ? connected.connection.close() : begin(id, connected)),
          (error: unknown) => !closed && tellFailure(id, error, store, sessions.has(id)),
        )
        .finally(() => opening.delete(id));
    },
    send: (id, bytes) => {
      const ahead = opening.get(id);
      if (ahead === undefined) sessions.get(id)?.type(bytes);
      else opening.set(id, Buffer.concat([ahead, bytes]).subarray(0, MOST_AHEAD));
    },
    forget: (id) => {
      sessions.get(id)?.close();
      sessions.delete(id);
      store.update((state) => forgotten(state, id));
    },
    close: () => {
      closed = true;
      for (const session of sessions.values()) session.close();
      sessions.clear();
    },
  };
}

function connectedConsole(
  id: ConsoleId,
  { connection, replayBytes }: Connected,
  store: Store,
  size: EmulatorSize,
  events: SessionEvents,
): OpenConsole {
  const mayType = (): boolean => !store.state().readOnly;
  const isSeen = (): boolean => seenConsoles(store.state()).includes(id);
  return openConsole(openSession(connection, { size, replayBytes, mayType, isSeen }, events));
}

/** @param kept whether one that has ended stays to be read */
function tellFailure(id: ConsoleId, error: unknown, store: Store, kept: boolean): void {
  const text = error instanceof Error ? error.message : String(error);
  store.update((state) => {
    const left = typedAt(state) === id ? leave(state) : state;
    return kept ? left : forgotten(left, id);
  });
  store.tell({ type: 'notice', notice: { kind: 'failed', text, command: undefined } });
}
