/**
 * Waits in a shell, not in Node: a thousand machines may wait to be started again, for hours. The shell becomes the program when
 * the time has come, so its pid stays, and it has a session and a process group of its own.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { helperEnvironment } from '../helper-client.ts';
import { startOf } from '../life/process-stat.ts';

interface Waiter {
  readonly pid: number;
  readonly start: string;
}

const AFTER = 'sleep "$1"; shift; exec "$@"';
/**
 * A line says that nothing is to be done; an end without one comes by the death of who holds the other end. What is sent to both (a
 * unit that is stopped) must not end this one first.
 */
const AFTER_END = 'trap "" HUP INT TERM; read -r _ && exit 0; exec "$@" < /dev/null';
/** tail(1) looks once a second: a process of Node's would cost forty times the memory, for as long as a machine runs. */
const AFTER_ANOTHER = 'tail --pid="$1" -f /dev/null; shift; exec "$@"';

export function createLater(selfArgv: (...words: readonly string[]) => readonly string[]) {
  return {
    after(milliseconds: number, words: readonly string[]): Waiter {
      const seconds = (milliseconds / 1000).toFixed(3);
      const { pid } = shell(AFTER, [seconds, ...selfArgv(...words)], 'ignore');
      if (pid === undefined) throw new Error('no process could be started that waits');
      return waiterOf(pid);
    },

    afterThisProcess(words: readonly string[]): () => void {
      const { stdin } = shell(AFTER_END, selfArgv(...words), ['pipe', 'ignore', 'ignore']);
      stdin?.on('error', () => {});
      (stdin as Socket | null)?.unref();
      return () => stdin?.end('\n');
    },

    afterEndOf(pid: number, words: readonly string[]): void {
      shell(AFTER_ANOTHER, [String(pid), ...selfArgv(...words)], 'ignore');
    },

    self: (): Waiter => waiterOf(process.pid),
    isAlive,

    cancel(waiter: Waiter): void {
      if (waiter.pid === process.pid || !isAlive(waiter)) return;
      try {
        process.kill(-waiter.pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    },
  };
}

function shell(script: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script, 'tsmachine-later', ...args], {
    stdio,
    detached: true,
    env: helperEnvironment(),
    cwd: '/',
  });
  child.on('error', () => {});
  child.unref();
  return child;
}

function waiterOf(pid: number): Waiter {
  return { pid, start: `${startOf(pid) ?? ''}@${bootId()}` };
}

function isAlive({ pid, start }: Waiter): boolean {
  const ticks = startOf(pid);
  return ticks !== undefined && start === `${ticks}@${bootId()}`;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}
