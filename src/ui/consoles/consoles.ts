/** The consoles that are open, kept alive while somebody looks elsewhere; what of them is on the screen; and whom the keys go to. */
import type { ConsoleConnection } from '../../backends/backend.ts';
import { defaultLeader, type EscapeState, feedKeys } from '../../terminal/escape-keys.ts';
import { inner, layoutOf } from '../layout.ts';
import type { Store } from '../store/store.ts';
import type { CursorPlace, Region } from '../terminal/screen.ts';
import { openSession, type Session } from './session.ts';

export interface Consoles {
  /** Connects, if it is not, and gives it the keys. */
  readonly open: (name: string) => void;
  /** What is typed while a console has the keys; false: it has not. */
  readonly type: (bytes: Buffer) => boolean;
  readonly regions: () => ReadonlyMap<string, Region>;
  readonly cursor: () => CursorPlace | undefined;
  /** After each change of the state: sizes follow their panes. */
  readonly fit: () => void;
  readonly close: () => void;
}

export function createConsoles(
  connect: (name: string) => Promise<ConsoleConnection>,
  store: Store,
  onChange: () => void,
): Consoles {
  const sessions = new Map<string, Session>();
  const opening = new Set<string>();
  let escapeState: EscapeState = 'plain';

  const area = () => {
    const { detail } = layoutOf(store.state());
    return detail === undefined ? undefined : inner(detail);
  };
  const size = () => {
    const place = area();
    return { columns: Math.max(2, place?.width ?? 80), rows: Math.max(1, place?.height ?? 24) };
  };
  const shown = (): Session | undefined => {
    const { tab, selected = '', dialogs } = store.state();
    return tab === 'console' && dialogs.length === 0 ? sessions.get(selected) : undefined;
  };
  const close = (name: string): void => {
    sessions.get(name)?.close();
    sessions.delete(name);
    store.tell({ type: 'console-closed', name });
  };
  const connectTo = async (name: string): Promise<void> => {
    opening.add(name);
    try {
      const session = openSession(await connect(name), size(), {
        onOutput: onChange,
        onEnd: () => close(name),
      });
      sessions.set(name, session);
      store.tell({ type: 'console-opened', name });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      store.tell({ type: 'notice', notice: { kind: 'failed', text, words: ['console', name] } });
      store.update((state) => ({ ...state, focus: state.focus === 'console' ? 'detail' : state.focus }));
    } finally {
      opening.delete(name);
    }
  };

  return {
    open: (name) => {
      store.update((state) => ({ ...state, tab: 'console', focus: 'console' }));
      if (!sessions.has(name) && !opening.has(name)) void connectTo(name);
    },
    type: (bytes) => {
      const { focus, dialogs, selected = '' } = store.state();
      if (focus !== 'console' || dialogs.length > 0) return false;
      const { state, send, leave } = feedKeys(escapeState, bytes, defaultLeader);
      escapeState = state;
      if (send.length > 0) sessions.get(selected)?.type(send);
      if (leave !== false) store.update((before) => ({ ...before, focus: 'list' }));
      return true;
    },
    regions: () => {
      const [session, place] = [shown(), area()];
      if (session === undefined || place === undefined) return new Map();
      const { column, row, width } = place;
      return new Map([['console', { column, row, width, lines: session.emulator.lines() }]]);
    },
    cursor: () => {
      const [session, place] = [shown(), area()];
      if (session === undefined || place === undefined || store.state().focus !== 'console') return undefined;
      const at = session.emulator.cursor();
      return at === undefined ? undefined : { column: place.column + at.column, row: place.row + at.row };
    },
    fit: () => {
      const session = shown();
      if (session !== undefined) session.resize(size());
    },
    close: () => {
      for (const session of sessions.values()) session.close();
      sessions.clear();
    },
  };
}
