import { describe, expect, it } from 'vitest';
import { exitInEntries } from '../../../../src/backends/nspawn/views/past-exit.ts';

/** As systemd 252 writes them, and journalctl prints them. */
const entry = (at: number, run: string, fields: object) =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: `${at}000`,
    _PID: '1',
    INVOCATION_ID: run.repeat(32),
    ...fields,
  });
const exit = (at: number, run: string, code: string, status: string) =>
  entry(at, run, {
    MESSAGE_ID: '98e322203f7a4ed290d09fe03c09fe15',
    EXIT_CODE: code,
    EXIT_STATUS: status,
  });
const success = (at: number, run: string) =>
  entry(at, run, { MESSAGE_ID: '7ad2d189f7e94e70a38c781354912448' });
const failure = (at: number, run: string) =>
  entry(at, run, { MESSAGE_ID: 'd9b373ed55a64feb8242e02dbe79a49c' });

describe("the last run's end, by the journal", () => {
  it('is a halt where systemd found it well, whatever was before', () => {
    const lines = [success(3, 'b'), failure(2, 'a'), exit(1, 'a', 'exited', '3'), ''];
    expect(exitInEntries(lines)).toEqual({ reason: 'halt', code: 0, signal: 0, endedAt: 3 });
  });

  it('is how the main process of that run ended, else', () => {
    const coded = [failure(5, 'b'), exit(4, 'b', 'exited', '3'), success(3, 'a')];
    expect(exitInEntries(coded)).toEqual({ reason: 'exited', code: 3, signal: 0, endedAt: 4 });
    const killed = [failure(6, 'b'), exit(5, 'b', 'exited', '1'), exit(4, 'b', 'killed', '9')];
    expect(exitInEntries(killed)).toEqual({ reason: 'signaled', code: 0, signal: 9, endedAt: 4 });
  });

  it('is not that of another run, and not known without an entry', () => {
    expect(exitInEntries([failure(3, 'b'), exit(1, 'a', 'exited', '3')])).toBe(undefined);
    for (const lines of [[], ['{', '7', 'null', '{}']]) expect(exitInEntries(lines)).toBe(undefined);
  });
});
