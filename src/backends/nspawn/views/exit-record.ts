/** How the last run ended, as the unit's main process, systemd-nspawn, did. Pure. */
import type { ExitRecord } from '../../backend.ts';

/** Of org.freedesktop.systemd1.Service. */
export interface MainExit {
  /** ExecMainCode: how, as CLD_ of waitid(2). 0: it has not ended. */
  readonly code: number;
  /** ExecMainStatus: exit code, or signal. */
  readonly status: number;
  /** ExecMainExitTimestamp: microseconds since the epoch; 0: it has not ended since the unit was loaded. */
  readonly endedAt: number;
}

const CLD_EXITED = 1;
/** What systemd-nspawn exits with for a reboot, and its unit is started again for: RestartForceExitStatus= of systemd-nspawn@.service. */
const REBOOT_STATUS = 133;

/**
 * systemd-nspawn exits with the code of the machine's init, 0 also for a halt: who has a whole system of its own does not exit otherwise. Which signal killed
 * an init it says in the journal alone, and exits with 1.
 */
export function exitRecord({ code, status, endedAt }: MainExit): ExitRecord | undefined {
  if (code === 0 || endedAt === 0) return undefined;
  const at = { code: 0, signal: 0, endedAt: Math.trunc(endedAt / 1000) };
  if (code !== CLD_EXITED) return { ...at, reason: 'signaled', signal: status };
  if (status === REBOOT_STATUS) return { ...at, reason: 'reboot' };
  return status === 0 ? { ...at, reason: 'halt' } : { ...at, reason: 'exited', code: status };
}
