/** restart.policy: whether a machine that ended is started again, and after how long. Pure, but for what the journal remembers. */
import type { ExitRecord } from '../../backends/backend.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { Domain } from '../domain.ts';
import { restartDefaults } from '../keys/restart-keys.ts';

export type RestartAnswer =
  | { readonly kind: 'again'; readonly delayMs: number; readonly attempt: number }
  | { readonly kind: 'given-up'; readonly restarts: number; readonly withinMs: number };

/** Without a limit the delays grow with the restarts of so long. */
const MEMORY_MS = restartDefaults.limit.withinMs;

/** Undefined: the policy has nothing to say to such an end. `exit` undefined: a start that failed. */
export function wantsRestart({ restart }: MachineConfig, exit: ExitRecord | undefined): boolean {
  switch (restart?.policy) {
    case undefined:
      return false;
    case 'always':
      return true;
    case 'on-failure':
      return exit === undefined || isFailure(exit);
  }
}

/** A halt is what somebody inside asked for. */
function isFailure({ reason, code }: ExitRecord): boolean {
  switch (reason) {
    case 'exited':
      return code !== 0;
    case 'signaled':
    case 'monitor-lost':
      return true;
    case 'halt':
    case 'reboot':
      return false;
  }
}

/** `restarts`: so many were there within the limit's time. */
export function nextRestart(restart: NonNullable<MachineConfig['restart']>, restarts: number): RestartAnswer {
  const { delayMs = restartDefaults.delayMs, limit = restartDefaults.limit } = restart;
  if (limit !== 'none' && restarts >= limit.restarts) {
    return { kind: 'given-up', restarts, withinMs: limit.withinMs };
  }
  const most = Math.max(restart.maxDelayMs ?? restartDefaults.maxDelayMs, delayMs);
  return {
    kind: 'again',
    delayMs: Math.min(most, delayMs * 2 ** Math.min(restarts, 30)),
    attempt: restarts + 1,
  };
}

export interface RestartHistory {
  readonly restarts: number;
  /** The limit was reached, and nobody has started it since. */
  readonly givenUp: boolean;
}

/** A start by anybody else begins anew. */
export function restartHistory(domain: Domain, name: string, { restart }: MachineConfig): RestartHistory {
  const limit = restart?.limit ?? restartDefaults.limit;
  const begin = Date.now() - (limit === 'none' ? MEMORY_MS : limit.withinMs);
  let restarts = 0;
  let givenUp = false;
  for (const { name: whose, type, details, time } of domain.journal.read()) {
    if (whose !== name) continue;
    if (type === 'started' && details['attempt'] === undefined) {
      restarts = 0;
      givenUp = false;
    } else if (type === 'restart-planned' && Date.parse(time) > begin) restarts += 1;
    else if (type === 'restart-given-up') givenUp = true;
  }
  return { restarts, givenUp };
}
