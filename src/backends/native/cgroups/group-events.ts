/** cgroup.events of a v2 group, and waiting for it to say something: the kernel notifies watchers of the file. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { readSmallFile } from '../life/small-file.ts';

export interface GroupEvents {
  readonly populated: boolean;
  readonly frozen: boolean;
}

/** Undefined when the group is gone. */
export function readEvents(group: string): GroupEvents | undefined {
  const text = readSmallFile(`${group}/cgroup.events`);
  if (text === undefined) return undefined;
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
    const watchers: FSWatcher[] = [];
    const finish = (result: boolean) => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      resolve(result);
    };
    const look = () => {
      if (isReached()) finish(true);
    };
    const timer = setTimeout(() => finish(isReached()), timeoutMs);
    try {
      watchers.push(watch(`${group}/cgroup.events`, look));
      // The kernel holds news of the file back for up to 10 ms; if the group is removed meanwhile, they never come,
      // and only the parent directory tells.
      watchers.push(watch(dirname(group), look));
    } catch {
      // The group went away between reading and watching; or the user's inotify watches are used up, and the time-out decides.
    }
    for (const watcher of watchers) watcher.on('error', look);
    look();
  });
}
