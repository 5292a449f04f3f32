import { describe, expect, it } from 'vitest';
import type { ConsoleConnection, ConsoleEvent } from '../../../src/backends/console.ts';
import type { Recording } from '../../../src/terminal/asciicast.ts';
import { createEmulator } from '../../../src/ui/consoles/emulator.ts';
import { openSession, type Session } from '../../../src/ui/consoles/session.ts';

function connectionOf(output: AsyncIterable<ConsoleEvent>): ConsoleConnection {
  return { output, write: async () => undefined, resize: () => undefined, close: () => undefined };
}

/** Resolves when the session is over. */
function whenEnded(output: AsyncIterable<ConsoleEvent>, begin: (session: Session) => void): Promise<Session> {
  return new Promise((resolve) => {
    const session: Session = openSession(
      connectionOf(output),
      { size: { columns: 70, rows: 5 }, replayBytes: 0, mayType: () => true, isSeen: () => true },
      { onOutput: () => undefined, onEnd: () => resolve(session) },
    );
    begin(session);
  });
}

describe('a console that breaks off', () => {
  it('says why, and ends', async () => {
    const output = (async function* (): AsyncGenerator<ConsoleEvent> {
      yield { type: 'data', bytes: Buffer.from('hello') };
      throw new Error('connection lost\x1b[2J');
    })();
    const session = await whenEnded(output, () => undefined);
    const text = session.emulator.lines(0).join('\n');
    expect(text).toContain('hello');
    expect(text).toContain('the console broke off: connection lost\\x1b[2J');
    session.close();
  });
});

describe('a recording of a console', () => {
  const silent: Recording = {
    output: () => undefined,
    input: () => undefined,
    resize: () => undefined,
    close: () => undefined,
  };

  it('that cannot be written ends, and says why; the console goes on', async () => {
    const output = (async function* (): AsyncGenerator<ConsoleEvent> {
      yield { type: 'data', bytes: Buffer.from('hello') };
      yield { type: 'data', bytes: Buffer.from(' world') };
    })();
    const full = (): never => {
      throw new Error('ENOSPC: no space left on device, write');
    };
    const failures: unknown[] = [];
    let closed = 0;
    const recording = { ...silent, output: full, close: () => (closed += 1) };
    const session = await whenEnded(output, ({ recorder }) =>
      recorder.set(recording, (error) => failures.push(error)),
    );
    expect(session.emulator.lines(0).join('\n')).toContain('hello world');
    expect(failures).toEqual([expect.objectContaining({ message: expect.stringContaining('ENOSPC') })]);
    expect(closed).toBe(1);
  });

  it('that begins in the middle begins with what the screen shows, its place of the cursor and its colours', async () => {
    const output = (async function* (): AsyncGenerator<ConsoleEvent> {
      yield { type: 'data', bytes: Buffer.from('\x1b[?1049h\x1b[31mred 日本\x1b[0m\r\nthere\x1b[?25l') };
    })();
    let recorded = '';
    const recording = { ...silent, output: (bytes: Uint8Array) => (recorded += Buffer.from(bytes)) };
    const session = await whenEnded(output, () => undefined);
    session.recorder.set(recording, () => undefined);
    const other = createEmulator({ columns: 70, rows: 5 });
    await new Promise<void>((resolve) => other.write(Buffer.from(recorded), resolve));
    expect(other.lines(0)).toEqual(session.emulator.lines(0));
    expect(recorded).not.toContain('  ');
    expect(other.wishes().alternateScreen).toBe(true);
    expect(other.cursor()).toBeUndefined();
    await new Promise<void>((resolve) => other.write(Buffer.from('\x1b[?25h'), resolve));
    expect(other.cursor()).toEqual({ column: 5, row: 1 });
  });

  it('is closed when the console is', async () => {
    const output = (async function* (): AsyncGenerator<ConsoleEvent> {})();
    let closed = 0;
    const session = await whenEnded(output, () => undefined);
    session.recorder.set({ ...silent, close: () => (closed += 1) }, () => undefined);
    session.close();
    expect(closed).toBe(1);
  });
});
