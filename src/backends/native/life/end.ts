/** Waiting for a machine's end: its monitor's connection and its run directory tell, so nobody asks again and again. */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ExitRecord, MachineHandle } from '../../backend.ts';
import { killGroup } from '../cgroups/kill.ts';
import { readFrames } from '../console/connection.ts';
import { encodeHello } from '../console/frames.ts';
import { connectMonitor } from '../console/socket.ts';
import { parseExitRecord } from './exit-record.ts';
import { isAlive } from './process-stat.ts';
import { readStateFile, type StateFile } from './state-file.ts';
import { type HostView, lastExit } from './status.ts';

/** Without a connection, only the monitor's removal of the run directory is told to us; its death is not. */
const UNCONNECTED_RECHECK_MS = 500;

/**
 * Resolves when the machine is down and torn down: when its run directory is gone, or its monitor dead and what it left
 * killed (`collect` removes the rest). A reboot is no end. Undefined when `timeoutMs` is over.
 */
export async function waitForEnd(
  machine: MachineHandle,
  host: HostView,
  timeoutMs: number,
): Promise<ExitRecord | undefined> {
  const first = readStateFile(machine.runDirectory);
  if (first === undefined) return lastExit(machine, undefined);
  const monitor = watchMonitor(machine);
  const deadline = performance.now() + timeoutMs;
  try {
    while (!isOver(machine, first, host)) {
      const remaining = deadline - performance.now();
      if (remaining <= 0) return undefined;
      await monitor.news(remaining);
    }
    return monitor.exit() ?? (await endWithoutWord(machine, first, host));
  } finally {
    monitor.close();
  }
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

function watchMonitor(machine: MachineHandle) {
  const news = createNews();
  const directory = watchDirectory(machine.runDirectory, news.tell);
  const abort = new AbortController();
  let exit: ExitRecord | undefined;
  let connected = false;
  listen(machine, abort.signal, {
    connected: () => {
      connected = true;
      news.tell();
    },
    said: (record) => {
      exit = record ?? exit;
    },
    ended: () => {
      connected = false;
      news.tell();
    },
  });
  return {
    exit: () => exit,
    news: (remainingMs: number) =>
      news.next(connected ? remainingMs : Math.min(remainingMs, UNCONNECTED_RECHECK_MS)),
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
  readonly connected: () => void;
  readonly said: (record: ExitRecord | undefined) => void;
  readonly ended: () => void;
}

/** The monitor's connection ends with the monitor, however it dies; before that it may say why the machine ended. */
async function listen(machine: MachineHandle, signal: AbortSignal, listener: Listener): Promise<void> {
  try {
    const socket = await connectMonitor(machine);
    signal.addEventListener('abort', () => socket.destroy());
    if (signal.aborted) socket.destroy();
    socket.write(encodeHello(false, 0));
    listener.connected();
    for await (const frame of readFrames(socket)) {
      if (frame.type === 'x') listener.said(parseExitRecord(frame.payload));
    }
  } catch {
    // No monitor listens any more: the run directory tells the rest.
  }
  listener.ended();
}
