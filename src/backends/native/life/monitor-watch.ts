/** A connection to a machine's monitor for the sake of its end: who it is asked by, what it says, and that it is gone. */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import type { Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import type { DecideAfterExit, ExitRecord, MachineHandle } from '../../backend.ts';
import { readFrames } from '../console/connection.ts';
import { encodeDecision, encodeHello, encodeSignal, encodeTakeExit } from '../console/frames.ts';
import { connectMonitor } from '../console/socket.ts';
import { parseExitRecord } from './exit-record.ts';

/** Without a connection, only the monitor's removal of the run directory is told to us; its death is not. */
const UNCONNECTED_RECHECK_MS = 500;

/** Half of what the monitor waits for an answer: who was held up for longer may have been passed over. */
const DECIDABLE_MS = 1_000;

/** Something may have happened: told at most once, kept until it is asked for. */
function createNews() {
  let pending = false;
  let wake: (() => void) | undefined;
  return {
    tell(): void {
      pending = true;
      wake?.();
    },
    async next(timeoutMs: number): Promise<void> {
      if (!pending) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      pending = false;
      wake = undefined;
    },
  };
}

export type MonitorWatch = ReturnType<typeof watchMonitor>;

export function watchMonitor(machine: MachineHandle, decide: DecideAfterExit | undefined) {
  const news = createNews();
  const abort = new AbortController();
  let directory: FSWatcher | undefined;
  let exit: ExitRecord | undefined;
  let connection: Socket | undefined;
  let isLost = false;
  let answerSignal: (errno: number | undefined) => void = () => {};
  const listening = new Promise<true>((resolve) => {
    listen(machine, decide, abort.signal, {
      connected: (socket) => {
        connection = socket;
        news.tell();
        resolve(true);
      },
      rebooted: news.tell,
      signaled: (errno) => answerSignal(errno),
      said: (record) => {
        exit = record ?? exit;
      },
      ended: () => {
        connection = undefined;
        isLost = true;
        answerSignal(undefined);
        // Only now: a process that has used inotify waits 20 ms for the kernel when it ends.
        const isUnheard = !abort.signal.aborted && existsSync(machine.runDirectory);
        if (isUnheard) directory = watchDirectory(machine.runDirectory, news.tell);
        news.tell();
        resolve(true);
      },
    });
  });
  return {
    /** Resolves when the monitor has taken note of us, or cannot be reached. */
    listening,
    exit: () => exit,
    /** There is no connection any more, or there never was one. */
    isLost: () => isLost,
    isClosed: () => abort.signal.aborted,
    news: (remainingMs: number) =>
      news.next(connection ? remainingMs : Math.min(remainingMs, UNCONNECTED_RECHECK_MS)),
    /** The errno of kill(2), 0 when it was sent; undefined when there is no monitor any more. */
    signal: (number: number) =>
      new Promise<number | undefined>((resolve) => {
        answerSignal = resolve;
        if (connection === undefined) resolve(undefined);
        else connection.write(encodeSignal(number));
      }),
    close(): void {
      directory?.close();
      abort.abort();
    },
  };
}

/** Its parent is watched, since the last event of interest is its removal. */
function watchDirectory(runDirectory: string, tell: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(runDirectory), (_, name) => {
      if (name === basename(runDirectory)) tell();
    });
    return watcher.on('error', tell);
  } catch {
    // The whole run folder went, or the inotify watches are used up: the connection is left.
    return undefined;
  }
}

interface Listener {
  readonly connected: (socket: Socket) => void;
  readonly rebooted: () => void;
  readonly signaled: (errno: number) => void;
  readonly said: (record: ExitRecord | undefined) => void;
  readonly ended: () => void;
}

/** The monitor's connection ends with the monitor, however it dies; before that it may say why the machine ended. */
async function listen(
  machine: MachineHandle,
  decide: DecideAfterExit | undefined,
  signal: AbortSignal,
  listener: Listener,
): Promise<void> {
  try {
    const socket = await connectMonitor(machine);
    signal.addEventListener('abort', () => socket.destroy());
    if (signal.aborted) socket.destroy();
    const hello = encodeHello(false, 0);
    socket.write(decide === undefined ? hello : Buffer.concat([hello, encodeTakeExit(true)]));
    for await (const { type, payload } of readFrames(socket)) {
      // Its welcome answers the first thing that we said, and it reads all of that at once.
      if (type === 'w') listener.connected(socket);
      if (type === 'o') listener.signaled(payload.readUInt32LE(0));
      if (type === 't') await answer(socket, decide, parseExitRecord(payload));
      if (type === 'b') listener.rebooted();
      if (type === 'x') listener.said(parseExitRecord(payload));
    }
  } catch {
    // No monitor listens any more: the run directory tells the rest. (If it was `decide` that failed, on-exit is asked.)
  }
  listener.ended();
}

/** To decide is to tell the journal: not after the monitor gave us up (we were stopped, or the machine is overloaded). */
async function answer(
  socket: Socket,
  decide: DecideAfterExit | undefined,
  exit: ExitRecord | undefined,
): Promise<void> {
  const isLate = exit !== undefined && Date.now() - exit.endedAt > DECIDABLE_MS;
  if (decide === undefined || isLate) socket.write(encodeTakeExit(false));
  else socket.write(encodeDecision((await decide(exit)) === 'start-again'));
}
