/** cgroup.events of a v2 group, and waiting for it to say something: the kernel notifies watchers of the file. */
import { type FSWatcher, readFileSync, watch } from 'node:fs';

export interface GroupEvents {
  readonly populated: boolean;
  readonly frozen: boolean;
}

/** Undefined when the group is gone. */
export function readEvents(group: string): GroupEvents | undefined {
  let text: string;
  try {
    text = readFileSync(`${group}/cgroup.events`, 'latin1');
  } catch {
    return undefined;
  }
  return { populated: text.includes('populated 1'), frozen: text.includes('frozen 1') };
}

/**
 * Resolves true when `reached` holds or the group is gone, false when the time (milliseconds) is over.
 * The file is read again once it is watched: what happened before then was told to nobody.
 */
export async function waitForEvents(
  group: string,
  reached: (events: GroupEvents) => boolean,
  timeoutMs: number,
): Promise<boolean> {
  const isReached = () => {
    const events = readEvents(group);
    return events === undefined || reached(events);
  };
  if (isReached()) return true;
  return new Promise((resolve) => {
    let watcher: FSWatcher | undefined;
    const finish = (result: boolean) => {
      clearTimeout(timer);
      watcher?.close();
      resolve(result);
    };
    const timer = setTimeout(() => finish(isReached()), timeoutMs);
    try {
      watcher = watch(`${group}/cgroup.events`, () => {
        if (isReached()) finish(true);
      });
    } catch {
      // The group went away between reading and watching, or the user's inotify watches are used up.
      if (readEvents(group) === undefined) return finish(true);
    }
    watcher?.on('error', () => finish(isReached()));
    if (isReached()) finish(true);
  });
}
