/** A program on a pseudo-terminal of its own, in the shape of a machine's console. */
import type { ConsoleConnection, ConsoleEvent } from '../backends/backend.ts';
import { withEnd } from './pty-end.ts';

export interface PtyProgram {
  readonly file: string;
  readonly words: readonly string[];
  readonly columns: number;
  readonly rows: number;
}

/** The program is not read while more than this waits, bytes: it waits too. */
const MOST_WAITING = 512 * 1024;

/** node-pty is loaded by the first one. Closing hangs the program up. */
export async function openPty({ file, words, columns, rows }: PtyProgram): Promise<ConsoleConnection> {
  const { spawn } = await loadPty();
  const end = withEnd(file, words);
  const pty = spawn(end.file, [...end.words], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    // Bytes, not text: a character may be cut by the end of a piece.
    encoding: null,
    env: { ...process.env, TERM: 'xterm-256color' },
  });
  const waiting = createWaiting(pty);
  let over = false;
  const hangUp = (): void => {
    if (!over) signalGroup(pty.pid, 'SIGHUP');
    waiting.put({ type: 'end', exit: undefined });
  };
  pty.onData((data) => {
    const { bytes, ended } = end.find(Buffer.from(data));
    if (bytes.length > 0) waiting.put({ type: 'data', bytes });
    if (ended) hangUp();
  });
  pty.onExit(() => {
    over = true;
    waiting.put({ type: 'end', exit: undefined });
  });
  return {
    output: waiting.output(),
    write: async (bytes) => {
      // Its types know of text only.
      if (!over) pty.write(Buffer.from(bytes) as unknown as string);
    },
    resize: (nextColumns, nextRows) => {
      if (!over) pty.resize(nextColumns, nextRows);
    },
    close: hangUp,
  };
}

/** The program's, and that of what leads it. */
function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Gone already.
  }
}

/** An optional dependency: an installation without it has all but this. */
async function loadPty(): Promise<typeof import('node-pty')> {
  try {
    return await import('node-pty');
  } catch (cause) {
    throw new Error('a shell in place needs the package node-pty; E opens one on the whole terminal', {
      cause,
    });
  }
}

interface Waiting {
  readonly put: (event: ConsoleEvent) => void;
  /** Ends behind the first end. */
  readonly output: () => AsyncIterable<ConsoleEvent>;
}

function createWaiting(source: { readonly pause: () => void; readonly resume: () => void }): Waiting {
  const events: ConsoleEvent[] = [];
  let bytes = 0;
  let wake: () => void = () => undefined;
  async function* output(): AsyncIterable<ConsoleEvent> {
    for (;;) {
      const event = events.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (event.type === 'data') {
        if (bytes > MOST_WAITING && bytes - event.bytes.length <= MOST_WAITING) source.resume();
        bytes -= event.bytes.length;
      }
      yield event;
      if (event.type === 'end') return;
    }
  }
  return {
    output,
    put: (event) => {
      events.push(event);
      if (event.type === 'data') {
        bytes += event.bytes.length;
        if (bytes > MOST_WAITING) source.pause();
      }
      wake();
    },
  };
}
