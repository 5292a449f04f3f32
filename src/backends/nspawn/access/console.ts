/**
 * A login on a terminal of the machine, as `machinectl login` gives it: systemd-nspawn keeps the machine's console to itself. It needs no bus and
 * no systemd inside. After a logout comes the next login, until the machine is down.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  BackendError,
  type ConsoleConnection,
  type ConsoleEvent,
  type ConsoleOptions,
} from '../../backend.ts';
import type { ManagedViews } from '../../manager/views.ts';
import { followJournal, readJournal } from './console-log.ts';
import { type FindMachine, requireMachine } from './leader.ts';
import { type Login, openLogin } from './login.ts';

export interface ConsoleSetting {
  readonly find: FindMachine;
  readonly lastExit: ManagedViews['lastExit'];
  readonly helperPath: string;
}

/** @throws BackendError as `exec`; 'unsupported' if nothing in the machine asks for a name */
export async function attachConsole(
  name: string,
  { input, replayBytes }: ConsoleOptions,
  setting: ConsoleSetting,
): Promise<ConsoleConnection> {
  const { unit } = await requireMachine(setting.find, name);
  if (!input) return watchJournal(unit, replayBytes);
  const login = await openLogin(name, setting);
  return connect(name, login, await replayed(unit, replayBytes), setting);
}

async function replayed(unit: string, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  const log = await readJournal(unit);
  return bytes < log.length ? log.subarray(log.length - bytes) : log;
}

/** Who only watches sees what the machine prints: a login that nobody can answer says nothing. */
async function watchJournal(unit: string, replayBytes: number): Promise<ConsoleConnection> {
  const stop = new AbortController();
  const before = await replayed(unit, replayBytes);
  async function* output(): AsyncGenerator<ConsoleEvent> {
    if (before.length > 0) yield { type: 'data', bytes: before };
    for await (const bytes of followJournal(unit, stop.signal)) yield { type: 'data', bytes };
  }
  return { output: output(), write: async () => {}, resize: () => {}, close: () => stop.abort() };
}

function connect(name: string, first: Login, before: Buffer, setting: ConsoleSetting): ConsoleConnection {
  const closing = new AbortController();
  let login: Login | undefined = first;
  let size: readonly [columns: number, rows: number] | undefined;
  async function* output(): AsyncGenerator<ConsoleEvent> {
    if (before.length > 0) yield { type: 'data', bytes: before };
    while (login !== undefined) {
      const { init } = login;
      yield* outputOf(login, closing.signal);
      const next = await nextLogin(name, login, setting, closing.signal);
      login = next.login;
      if (closing.signal.aborted) return login?.terminal.close();
      if (login === undefined) return yield { type: 'end', exit: next.exit };
      if (login.init.pid !== init.pid || login.init.start !== init.start) yield { type: 'reboot' };
      if (size !== undefined) login.terminal.resize(...size);
    }
  }
  return {
    output: output(),
    write: (bytes) => write(name, login, bytes),
    resize(columns, rows) {
      size = [columns, rows];
      login?.terminal.resize(columns, rows);
    },
    close() {
      closing.abort();
      login?.terminal.close();
    },
  };
}

async function* outputOf({ terminal }: Login, closing: AbortSignal): AsyncGenerator<ConsoleEvent> {
  try {
    for await (const bytes of terminal.output) yield { type: 'data', bytes };
  } catch (error) {
    // Closing destroys it under the reader's hands.
    if (!closing.aborted) throw error;
  }
}

/** What is typed while nobody listens, between two logins, is lost, as on any line. */
function write(name: string, login: Login | undefined, bytes: Uint8Array): Promise<void> {
  const input = login?.terminal.input;
  if (input === undefined || input.destroyed) {
    return Promise.reject(new BackendError('not-running', `the console of ${name} is closed`));
  }
  return new Promise((resolve) => {
    input.write(bytes, () => resolve());
  });
}

/** A machine that goes down lets nobody in, or ends what is let in, for a while before it is down. */
const PAUSE_MS = 500;
/** A login that lasts longer was one. */
const SHORT_MS = 2_000;
/** So many that failed at once, one after the other, are no accident of a shutdown. */
const MOST_SHORT = 60;

interface Next {
  readonly login: Login | undefined;
  readonly exit: Extract<ConsoleEvent, { readonly type: 'end' }>['exit'];
}

/** How it ended, as far as that is to be had: a console ends also where nobody tells. */
async function exitOf(name: string, { lastExit }: ConsoleSetting): Promise<Next['exit']> {
  try {
    return await lastExit(name);
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}

/** Undefined: the machine is down, or the signal aborted. @throws BackendError if nobody can log in though it runs */
async function nextLogin(
  name: string,
  { openedAt, shortOnes }: Login,
  setting: ConsoleSetting,
  closing: AbortSignal,
): Promise<Next> {
  let short = performance.now() - openedAt < SHORT_MS ? shortOnes + 1 : 0;
  while (!closing.aborted) {
    const status = (await setting.find(name))?.status;
    if (status === undefined) return { login: undefined, exit: undefined };
    if (status.state === 'stopped') return { login: undefined, exit: await exitOf(name, setting) };
    if (short > MOST_SHORT)
      throw new BackendError('failed', `a login in ${name} ends again and again at once`);
    // Broken off, it ends by what the loop asks.
    if (short > 0) await pause(PAUSE_MS, undefined, { signal: closing }).catch(() => {});
    try {
      if (status.state === 'running') {
        return { login: { ...(await openLogin(name, setting)), shortOnes: short }, exit: undefined };
      }
    } catch (error) {
      if (!(error instanceof BackendError) || error.code === 'unsupported') throw error;
    }
    short += 1;
  }
  return { login: undefined, exit: undefined };
}
