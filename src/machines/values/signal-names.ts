/** Names of signals, as in signal(7). */
import { constants } from 'node:os';

/** What inits are told by, on every architecture: node:os, which knows them all, takes a third of a millisecond to load. */
const usual = new Set(['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGPWR', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2']);

/** The name with SIG of a name with or without it, or of a number; undefined if there is none. */
export function parseSignal(value: string): string | undefined {
  if (usual.has(value)) return value;
  const number = /^\d+$/.test(value) ? Number(value) : undefined;
  if (number !== undefined) {
    return Object.entries(constants.signals).find(([, one]) => one === number)?.[0];
  }
  const name = `SIG${value.toUpperCase().replace(/^SIG/, '')}`;
  const realTime = /^SIGRTMIN\+(\d{1,2})$/.exec(name)?.[1];
  return name in constants.signals || (realTime !== undefined && Number(realTime) <= 30) ? name : undefined;
}
