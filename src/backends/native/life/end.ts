/** Waiting for a machine's end: its monitor's connection and its run directory tell, so nobody asks again and again. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { DecideAfterExit, EndWatch, ExitRecord, MachineHandle } from '../../backend.ts';
import { killGroup } from '../cgroups/kill.ts';
import { type MonitorWatch, watchMonitor } from './monitor-watch.ts';
import { isAlive, type ProcessId, resume } from './process-stat.ts';
import { checkSent, sendSignal } from './send-signal.ts';
import { resolveSignal, signalNumber } from './signals.ts';
import { readStateFile, type StateFile } from './state-file.ts';
import { type HostView, lastExit } from './status.ts';

/** A monitor answers within a millisecond; one that hangs must not keep anybody from killing its machine. */
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
  const heard = await within(LISTENING_MS, monitor.listening);
  if (heard === undefined && resume(first.monitor, host.procRoot)) {
    await within(LISTENING_MS, monitor.listening);
  }
  const watched = { machine, host, monitor, first, asked: first.init };
  return {
    ended: (timeoutMs, again) => untilEnd(watched, timeoutMs, again),
    signal: (name) => signalInit(watched, name),
    close: () => monitor.close(),
  };
}

interface Watched {
  readonly machine: MachineHandle;
  readonly host: HostView;
  readonly monitor: MonitorWatch;
  readonly first: StateFile;
  /** The init of the run that is known to whoever watches. */
  asked: ProcessId | undefined;
}

function watchOfStopped(machine: MachineHandle): EndWatch {
  return {
    ended: async () => lastExit(machine, undefined),
    signal: async (asked) => {
      checkSent(machine, asked, undefined);
      return asked;
    },
    close: () => {},
  };
}

/** Its pid is only asked what signals it blocks: whom the signal reaches, the monitor knows. */
async function signalInit(watched: Watched, signal: string): Promise<string> {
  const { machine, host } = watched;
  const init = readStateFile(machine.runDirectory)?.init;
  watched.asked = init;
  const name = init === undefined ? signal : resolveSignal(machine, signal, init.pid, host.procRoot);
  if (init === undefined) checkSent(machine, name, undefined);
  else await sendWatched(watched, name);
  return name;
}

async function sendWatched({ machine, host, monitor, first }: Watched, name: string): Promise<void> {
  const errno = await within(LISTENING_MS, monitor.signal(signalNumber(name)));
  const isDropped = errno === undefined && monitor.isLost() && !isOver(machine, first, host);
  // One of another version may not know all that we said.
  if (isDropped) return sendSignal(machine, name);
  // Init has ended, and was not yet reaped or its console not yet closed.
  checkSent(machine, name, errno === constants.errno.ESRCH ? undefined : errno);
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
  watched: Watched,
  timeoutMs: number,
  again: (() => Promise<unknown>) | undefined,
): Promise<ExitRecord | undefined> {
  const { machine, host, monitor, first } = watched;
  const deadline = performance.now() + timeoutMs;
  while (!isOver(machine, first, host)) {
    const remaining = deadline - performance.now();
    if (remaining <= 0 || monitor.isClosed()) return undefined;
    await monitor.news(remaining);
    if (again !== undefined && hasBegunAgain(watched)) await again();
  }
  return monitor.exit() ?? (await endWithoutWord(machine, first, host));
}

function hasBegunAgain(watched: Watched): boolean {
  const init = readStateFile(watched.machine.runDirectory)?.init;
  if (init === undefined) return false;
  const { asked } = watched;
  watched.asked = init;
  return init.pid !== asked?.pid || init.start !== asked.start;
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
