/** The consoles that are open, kept alive while somebody looks elsewhere. */
import type { ConsoleConnection, ExitRecord } from '../../backends/backend.ts';
import {
  about,
  type ConsoleId,
  ended,
  forgotten,
  leave,
  opened,
  seenConsoles,
  typedAt,
} from '../state/console-view.ts';
import type { Store } from '../store/store.ts';
import type { EmulatorSize } from './emulator.ts';
import { createScrollback, type Scrollback } from './scrollback.ts';
import { openSession, type Session } from './session.ts';

export interface OpenConsole extends Session {
  /** Undefined: what comes last is shown. */
  readonly scrollback: () => Scrollback | undefined;
  readonly scroll: () => Scrollback;
  readonly stopScrolling: () => void;
  /** Kept until something changes. @param at where they begin on the outer terminal, from 0 */
  readonly lines: (at: number) => readonly string[];
  /** It looks another way than before. */
  readonly touch: () => void;
}

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
  const begin = (id: ConsoleId, { connection, replayBytes }: Connected): void => {
    sessions.get(id)?.close();
    const session: OpenConsole = openConsole(
      openSession(
        connection,
        {
          size: options.sizeOf(id),
          replayBytes,
          mayType: () => !store.state().readOnly,
          isSeen: () => seenConsoles(store.state()).includes(id),
        },
        {
          onOutput: () => {
            session.touch();
            options.onOutput(id);
          },
          onEnd: (exit) => {
            if (closed || sessions.get(id) !== session) return;
            session.recorder.end();
            store.update((state) => ended(state, id, options.endWords(id, exit)));
          },
        },
      ),
    );
    sessions.set(id, session);
    store.update((state) => opened(state, id));
    session.type(opening.get(id) ?? Buffer.alloc(0));
  };
  const fail = (id: ConsoleId, error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    const kept = sessions.has(id);
    store.update((state) => {
      const left = typedAt(state) === id ? leave(state) : state;
      return kept ? left : forgotten(left, id);
    });
    store.tell({ type: 'notice', notice: { kind: 'failed', text, words: undefined } });
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
          (error: unknown) => !closed && fail(id, error),
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

function openConsole(session: Session): OpenConsole {
  let scrollback: Scrollback | undefined;
  let shown: { readonly at: number; readonly lines: readonly string[] } | undefined;
  const touch = (): void => {
    shown = undefined;
  };
  return {
    ...session,
    resize: (size) => {
      session.resize(size);
      touch();
    },
    scrollback: () => scrollback,
    scroll: () => {
      scrollback ??= createScrollback(session.emulator);
      return scrollback;
    },
    stopScrolling: () => {
      scrollback = undefined;
      session.emulator.scrollTo(undefined);
      touch();
    },
    lines: (at) => {
      if (shown?.at !== at) shown = { at, lines: session.emulator.lines(at, scrollback?.found()) };
      return shown.lines;
    },
    touch,
  };
}
