/** What is kept of a machine's console, and following it. */
import { watch } from 'node:fs';
import type { MachineHandle } from '../../backend.ts';
import { readRing } from './ring.ts';

export const CONSOLE_LOG_FILE = 'console.log';

export function readConsoleLog(machine: MachineHandle): Buffer {
  return readRing(`${machine.directory}/${CONSOLE_LOG_FILE}`)?.bytes ?? Buffer.alloc(0);
}

/**
 * New output as it comes, whether the machine runs, starts later or starts again; ends when `signal` aborts.
 * What a slow reader lets the ring overwrite is not seen.
 */
export async function* followConsoleLog(
  machine: MachineHandle,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const path = `${machine.directory}/${CONSOLE_LOG_FILE}`;
  const changes = watchFile(machine.directory, CONSOLE_LOG_FILE, signal);
  try {
    let position = endOf(path);
    while (!signal.aborted) {
      const content = readRing(path, position);
      if (content !== undefined) position = content.offset + content.bytes.length;
      if (content !== undefined && content.bytes.length > 0) yield content.bytes;
      else await changes.next();
    }
  } finally {
    changes.close();
  }
}

function endOf(path: string): number {
  const content = readRing(path);
  return content === undefined ? 0 : content.offset + content.bytes.length;
}

/**
 * Changes of one file, noted while nobody waits. The directory is watched, since the file may not exist yet; and
 * `next` also resolves on abort.
 */
function watchFile(directory: string, file: string, signal: AbortSignal) {
  let changed = false;
  let wake: (() => void) | undefined;
  const note = () => {
    changed = true;
    wake?.();
  };
  const watcher = watch(directory, (_, name) => {
    if (name === file) note();
  });
  // The machine is being destroyed: the reader sees no more, and ends when it is told to.
  watcher.on('error', note);
  signal.addEventListener('abort', note);
  return {
    async next(): Promise<void> {
      if (!changed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      changed = false;
      wake = undefined;
    },
    close(): void {
      watcher.close();
      signal.removeEventListener('abort', note);
    },
  };
}
