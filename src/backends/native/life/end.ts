/** Waiting for a machine's end: its monitor's connection and its run directory tell, so nobody asks again and again. */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import type { Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import type { AfterExit, DecideAfterExit, EndWatch, ExitRecord, MachineHandle } from '../../backend.ts';
import { killGroup } from '../cgroups/kill.ts';
import { readFrames } from '../console/connection.ts';
import { encodeDecision, encodeHello, encodeSignal, encodeTakeExit } from '../console/frames.ts';
import { connectMonitor } from '../console/socket.ts';
import { parseExitRecord } from './exit-record.ts';
import { isAlive } from './process-stat.ts';
import { checkSent } from './send-signal.ts';
import { resolveSignal, signalNumber } from './signals.ts';
import { readStateFile, type StateFile } from './state-file.ts';
import { type HostView, lastExit } from './status.ts';

/** Without a connection, only the monitor's removal of the run directory is told to us; its death is not. */
const UNCONNECTED_RECHECK_MS = 500;

/** A monitor answers within a millisecond; one that is stopped (SIGSTOP) must not keep anybody from killing its machine. */
const LISTENING_MS = 2_000;

/**
 * Over when the machine is down and torn down: when its run directory is gone, or its monitor dead and what it left
 * killed (`collect` removes the rest).
 */
export async function watchEnd(
  machine: MachineHandle,
  host: HostView,
  decide?: DecideAfterExit,
): Promise<EndWatch> {
  const first = readStateFile(machine.runDirectory);
  if (first === undefined) return watchOfStopped(machine);
  const monitor = watchMonitor(machine, decide);
  await within(LISTENING_MS, monitor.listening);
  return {
    ended: (timeoutMs) => untilEnd(machine, first, host, monitor, timeoutMs),
    signal: (asked) => signalInit(machine, host, monitor, asked),
    close: () => monitor.close(),
  };
}

function watchOfStopped(machine: MachineHandle): EndWatch {
  return {
    ended: async () => lastExit(machine, undefined),
    signal: async (asked) => checkSent(machine, asked, undefined),
    close: () => {},
  };
}

/** Its pid is only asked what signals it blocks: whom the signal reaches, the monitor knows. */
async function signalInit(
  machine: MachineHandle,
  host: HostView,
  monitor: MonitorWatch,
  asked: string,
): Promise<void> {
  const init = readStateFile(machine.runDirectory)?.init;
  if (init === undefined) return checkSent(machine, asked, undefined);
  const name = resolveSignal(machine, asked, init.pid, host.procRoot);
  checkSent(machine, name, await within(LISTENING_MS, monitor.signal(signalNumber(name))));
}

/** Undefined when the time (milliseconds) is over. */
async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

async function untilEnd(
  machine: MachineHandle,
  first: StateFile,
  host: HostView,
  monitor: MonitorWatch,
  timeoutMs: number,
): Promise<ExitRecord | undefined> {
  const deadline = performance.now() + timeoutMs;
  while (!isOver(machine, first, host)) {
    const remaining = deadline - performance.now();
    if (remaining <= 0) return undefined;
    await monitor.news(remaining);
  }
  return monitor.exit() ?? (await endWithoutWord(machine, first, host));
}

function isOver(machine: MachineHandle, first: StateFile, host: HostView): boolean {
  return !existsSync(machine.runDirectory) || !isAlive(first.monitor, host.procRoot);
}

/** The monitor told nobody; if its state file is still there, it died at its work. */
async function endWithoutWord(
  machine: MachineHandle,
  first: StateFile,
  host: HostView,
): Promise<ExitRecord | undefined> {
  const left = readStateFile(machine.runDirectory);
  // Another run, begun since: it is none of our business.
  const abandoned = left !== undefined && left.monitor.start === first.monitor.start;
  if (abandoned) await killGroup(host.layout, host.cgroupParent, machine.spec.name);
  return lastExit(machine, abandoned ? left : undefined);
}

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

type MonitorWatch = ReturnType<typeof watchMonitor>;

function watchMonitor(machine: MachineHandle, decide: DecideAfterExit | undefined) {
  const news = createNews();
  const abort = new AbortController();
  let directory: FSWatcher | undefined;
  let exit: ExitRecord | undefined;
  let connection: Socket | undefined;
  let answerSignal: (errno: number | undefined) => void = () => {};
  const listening = new Promise<void>((resolve) => {
    listen(machine, decide, abort.signal, {
      connected: (socket) => {
        connection = socket;
        news.tell();
        resolve();
      },
      signaled: (errno) => answerSignal(errno),
      said: (record) => {
        exit = record ?? exit;
      },
      ended: () => {
        connection = undefined;
        answerSignal(undefined);
        // Only now: a process that has used inotify waits 20 ms for the kernel when it ends.
        const isUnheard = !abort.signal.aborted && existsSync(machine.runDirectory);
        if (isUnheard) directory = watchDirectory(machine.runDirectory, news.tell);
        news.tell();
        resolve();
      },
    });
  });
  return {
    /** Resolves when the monitor has taken note of us, or cannot be reached. */
    listening,
    exit: () => exit,
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
    socket.write(decide === undefined ? hello : Buffer.concat([hello, encodeTakeExit()]));
    for await (const { type, payload } of readFrames(socket)) {
      // Its welcome answers the first thing that we said, and it reads all of that at once.
      if (type === 'w') listener.connected(socket);
      if (type === 'o') listener.signaled(payload.readUInt32LE(0));
      if (type === 't') answer(socket, decide?.(parseExitRecord(payload)));
      if (type === 'x') listener.said(parseExitRecord(payload));
    }
  } catch {
    // No monitor listens any more: the run directory tells the rest. (If it was `decide` that failed, on-exit is asked.)
  }
  listener.ended();
}

function answer(socket: Socket, decision: AfterExit | undefined): void {
  if (decision !== undefined) socket.write(encodeDecision(decision === 'start-again'));
}
