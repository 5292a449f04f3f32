/** Freezing with confirmation: it is done when the kernel says so, not when the file was written. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BackendError } from '../../backend.ts';
import { readEvents, waitForEvents } from './group-events.ts';
import { legacyGroup, unifiedGroup } from './groups.ts';
import type { CgroupLayout } from './layout.ts';
import { isAtRest } from './resting-groups.ts';

export type FreezeState = 'thawed' | 'freezing' | 'frozen';

export interface ThawWrite {
  readonly path: string;
  readonly text: string;
}

/** A freezer is v2's cgroup.freeze wherever a v2 tree is mounted, else v1's freezer.state. */
interface Freezer {
  readonly read: () => FreezeState;
  readonly write: (frozen: boolean) => void;
  /** What `write(false)` writes, and where: for another process to do. */
  readonly thaw: ThawWrite;
  readonly confirmed: (state: FreezeState, timeoutMs: number) => Promise<boolean>;
}

/**
 * Freezes or thaws and waits for the kernel's word. A freeze that does not come in time is undone.
 * @throws BackendError 'timeout', 'not-running' if the group is gone, 'unsupported' without any freezer
 */
export async function setFrozen(
  layout: CgroupLayout,
  parent: string,
  name: string,
  frozen: boolean,
  timeoutMs: number,
): Promise<void> {
  const freezer = findFreezer(layout, parent, name);
  if (freezer === undefined) {
    throw new BackendError('unsupported', `${name} cannot be frozen: this host has no cgroup freezer`, {
      hint: 'Mount a cgroup2 tree (mount -t cgroup2 none /sys/fs/cgroup/unified) or the v1 freezer.',
    });
  }
  writeFreezer(freezer, name, frozen);
  if (await freezer.confirmed(frozen ? 'frozen' : 'thawed', timeoutMs)) return;
  if (frozen) writeFreezer(freezer, name, false);
  throw new BackendError(
    'timeout',
    frozen
      ? `${name} was not frozen within ${timeoutMs} ms, so it was thawed again`
      : `${name} was not thawed within ${timeoutMs} ms`,
    { hint: 'A process that waits for a disk or a network file system cannot be frozen: try again later.' },
  );
}

/** Undefined when the group is gone or there is no freezer. Cheap: one small file when thawed. */
export function readFreezeState(layout: CgroupLayout, parent: string, name: string): FreezeState | undefined {
  try {
    return findFreezer(layout, parent, name)?.read();
  } catch {
    return undefined;
  }
}

/** Undefined when the group is gone or there is no freezer. */
export function thawWrite(layout: CgroupLayout, parent: string, name: string): ThawWrite | undefined {
  return findFreezer(layout, parent, name)?.thaw;
}

function findFreezer(layout: CgroupLayout, parent: string, name: string): Freezer | undefined {
  const unified = unifiedGroup(layout, parent, name);
  if (unified !== undefined) return unifiedFreezer(unified);
  const legacy = legacyGroup(layout, 'freezer', parent, name);
  return legacy === undefined ? undefined : legacyFreezer(legacy);
}

function writeFreezer(freezer: Freezer, name: string, frozen: boolean): void {
  try {
    freezer.write(frozen);
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    throw new BackendError(
      code === 'ENOENT' ? 'not-running' : 'failed',
      `cannot ${frozen ? 'freeze' : 'thaw'} ${name}: ${code ?? cause}`,
      {
        syscall: 'write',
        ...(code === undefined ? {} : { errno: code }),
        ...(path === undefined ? {} : { path }),
        cause,
      },
    );
  }
}

function unifiedFreezer(group: string): Freezer {
  const read = (): FreezeState => {
    if (readFileSync(`${group}/cgroup.freeze`, 'latin1')[0] !== '1') {
      return 'thawed';
    }
    return readEvents(group)?.frozen ? 'frozen' : 'freezing';
  };
  return {
    read,
    write: (frozen) => writeFileSync(`${group}/cgroup.freeze`, frozen ? '1' : '0'),
    thaw: { path: `${group}/cgroup.freeze`, text: '0' },
    // cgroup.freeze is what was asked for, cgroup.events is what is so.
    confirmed: async (state, timeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      const isSaid = await waitForEvents(
        group,
        (events) => events.frozen === (state === 'frozen'),
        timeoutMs,
      );
      return isSaid && (state === 'thawed' || becomes(() => isAtRest(group), deadline));
    },
  };
}

/**
 * How often it is looked where no event tells: the v1 freezer tells nobody when it is done, and advances only when its state is read; in v2
 * the last process of a group that was said to be frozen too early stops without a word.
 */
const POLL_MS = 5;

/** @param deadline of performance.now() @returns whether it was so by then */
async function becomes(isSo: () => boolean, deadline: number): Promise<boolean> {
  while (!isSo()) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function legacyFreezer(group: string): Freezer {
  const file = `${group}/freezer.state`;
  const read = (): FreezeState => {
    const state = readFileSync(file, 'latin1').trim();
    return state === 'FROZEN' ? 'frozen' : state === 'FREEZING' ? 'freezing' : 'thawed';
  };
  return {
    read,
    write: (frozen) => writeFileSync(file, frozen ? 'FROZEN' : 'THAWED'),
    thaw: { path: file, text: 'THAWED' },
    confirmed: (state, timeoutMs) => becomes(() => read() === state, performance.now() + timeoutMs),
  };
}
