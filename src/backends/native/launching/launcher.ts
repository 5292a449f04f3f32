/** Running launches: each has its own plan and its own answer, several that come together share one process of ours. */
import type { Readable } from 'node:stream';
import { readAnswer, spawnHelper } from '../helper-client.ts';
import type { WireRecord } from '../records.ts';
import { createBatch, type Pending } from './batch.ts';

/** Given the open plan, which it may close afterwards; rejects with 'helper-missing'. */
export type Launcher = (planFile: number) => Promise<readonly WireRecord[]>;

/** Enough to make the process cheap, few enough that the first machines boot while the last are still prepared. */
const TOGETHER = 8;

export function createLauncher(helperPath: string): Launcher {
  const add = createBatch<Pending<number, readonly WireRecord[]>>(TOGETHER, (launches) =>
    launchAll(helperPath, launches),
  );
  return (planFile) => new Promise((resolve, reject) => add({ given: planFile, resolve, reject }));
}

function launchAll(helperPath: string, launches: readonly Pending<number, readonly WireRecord[]>[]): void {
  const { args, stdio, statusOf } = wiring(launches.map(({ given }) => given));
  try {
    const { child, failed } = spawnHelper(helperPath, args, { stdio, detached: true });
    // Neither a monitor nor its exit may keep this process alive; the status streams do until they end.
    child.unref();
    for (const [index, { resolve }] of launches.entries()) {
      resolve(Promise.race([readAnswer(child.stdio[statusOf(index)] as Readable), failed]));
    }
  } catch (error) {
    for (const { reject } of launches) reject(error);
  }
}

interface Wiring {
  readonly args: readonly string[];
  readonly stdio: ('ignore' | 'pipe' | number)[];
  readonly statusOf: (index: number) => number;
}

/** Of docs/launch-plan.md: `launch` has its plan as stdin, `launch-each` pairs of plan and status from 3 on. */
function wiring(plans: readonly number[]): Wiring {
  const [first] = plans;
  if (first !== undefined && plans.length === 1) {
    return { args: ['launch'], stdio: [first, 'ignore', 'ignore', 'pipe'], statusOf: () => 3 };
  }
  return {
    args: ['launch-each', String(plans.length)],
    stdio: ['ignore', 'ignore', 'ignore', ...plans.flatMap((plan) => [plan, 'pipe' as const])],
    statusOf: (index) => 4 + 2 * index,
  };
}
