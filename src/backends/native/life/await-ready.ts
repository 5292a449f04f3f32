/** Waits for a boot to be through. The monitor replaces its state file at each step: whoever watches its folder is woken. */
import { type FSWatcher, watch } from 'node:fs';
import type { MachineHandle, MachineStatus } from '../../backend.ts';

/** In case the folder cannot be watched, or is made anew. */
const LOOK_EVERY_MS = 500;

export async function awaitReady(
  { spec, runDirectory }: MachineHandle,
  readStatus: () => MachineStatus,
  timeoutMs: number,
): Promise<'ready' | 'ended' | 'timeout'> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const bell = watchFolder(runDirectory);
    try {
      // Looked at after the watch began: what happens from here on rings.
      const status = readStatus();
      if (status.state === 'stopped' || status.state === 'error') return 'ended';
      if ('readyAt' in status && status.readyAt !== undefined) return 'ready';
      if (status.state === 'running' && spec.init.notifies !== true) return 'ready';
      const left = deadline - performance.now();
      if (left <= 0) return 'timeout';
      await bell.rungWithin(Math.min(left, LOOK_EVERY_MS));
    } finally {
      bell.close();
    }
  }
}

interface Bell {
  readonly rungWithin: (milliseconds: number) => Promise<void>;
  readonly close: () => void;
}

function watchFolder(path: string): Bell {
  let ring = (): void => {};
  const rung = new Promise<void>((resolve) => {
    ring = resolve;
  });
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(path, () => ring());
    watcher.on('error', () => {});
  } catch {
    // Then the clock rings.
  }
  let timer: NodeJS.Timeout | undefined;
  return {
    rungWithin: (milliseconds) => {
      timer = setTimeout(ring, milliseconds);
      return rung;
    },
    close: () => {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}
