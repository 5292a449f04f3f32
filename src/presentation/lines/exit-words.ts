/** Why a machine ended, in words and for JSON. */
import { constants } from 'node:os';
import type { ExitRecord } from '../../backends/backend.ts';

export function exitWords(exit: ExitRecord | undefined | null): string {
  switch (exit?.reason) {
    case undefined:
      return 'ended, nobody knows how';
    case 'exited':
      return `init exited with code ${exit.code}`;
    case 'signaled':
      return `init was killed by ${signalWord(exit.signal)}`;
    case 'halt':
      return 'powered off';
    case 'reboot':
      return 'rebooted';
    case 'monitor-lost':
      return 'its monitor died, and the machine with it';
  }
}

/** `code` and `signal` only where they mean something; the time as in all other JSON. */
export function exitFields(exit: ExitRecord | undefined | null): Readonly<Record<string, unknown>> | null {
  if (exit === undefined || exit === null) return null;
  return {
    reason: exit.reason,
    ...(exit.reason === 'exited' ? { code: exit.code } : {}),
    ...(exit.reason === 'signaled' ? { signal: exit.signal } : {}),
    endedAt: new Date(exit.endedAt).toISOString(),
  };
}

function signalWord(number: number): string {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name ?? `signal ${number}`;
}
