import { describe, expect, it } from 'vitest';
import type { ConsoleConnection, ConsoleEvent } from '../../../src/backends/console.ts';
import { openSession, type Session } from '../../../src/ui/consoles/session.ts';

function connectionOf(output: AsyncIterable<ConsoleEvent>): ConsoleConnection {
  return { output, write: async () => undefined, resize: () => undefined, close: () => undefined };
}

/** Resolves when the session is over. */
function whenEnded(output: AsyncIterable<ConsoleEvent>, begin: (session: Session) => void): Promise<Session> {
  return new Promise((resolve) => {
    const session: Session = openSession(
      connectionOf(output),
      { size: { columns: 70, rows: 5 }, replayBytes: 0, mayType: () => true },
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

  it('says so too when its recording cannot be written', async () => {
    const output = (async function* (): AsyncGenerator<ConsoleEvent> {
      yield { type: 'data', bytes: Buffer.from('hello') };
    })();
    const full = (): never => {
      throw new Error('ENOSPC: no space left on device, write');
    };
    const session = await whenEnded(output, ({ record }) =>
      record({ output: full, input: full, resize: () => undefined, close: () => undefined }),
    );
    expect(session.emulator.lines(0).join('\n')).toContain('broke off: ENOSPC');
  });
});
