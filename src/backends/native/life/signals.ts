/** Signal names as people write them, and what a machine's init understands as halt and reboot. */
import { constants } from 'node:os';
import { BackendError, type MachineHandle } from '../../backend.ts';
import { readSmallFile } from './small-file.ts';

/** The C library keeps 32 and 33 for itself: signal(7). */
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** What systemd takes as "power off": SIGRTMIN+3, see systemd(1). */
const SYSTEMD_HALT = 'SIGRTMIN+3';

/**
 * The number of SIGTERM, SIGRTMIN, SIGRTMIN+3, SIGRTMAX-1 ...
 * @throws BackendError 'failed' for a name that is no signal
 */
export function signalNumber(name: string): number {
  const known: Readonly<Record<string, number | undefined>> = constants.signals;
  const plain = known[name];
  if (plain !== undefined) return plain;
  const [, anchor, offset = '0'] = /^SIG(RTMIN|RTMAX)([+-]\d{1,2})?$/.exec(name) ?? [];
  const number = (anchor === 'RTMIN' ? SIGRTMIN : SIGRTMAX) + Number(offset);
  if (anchor === undefined || number < SIGRTMIN || number > SIGRTMAX) {
    throw new BackendError('failed', `${name} is not a signal`, {
      hint: 'Signals are named as in signal(7): SIGTERM, SIGHUP, SIGRTMIN+3 ...',
    });
  }
  return number;
}

/** A name for what was asked: 'halt' and 'reboot' are the machine's own, 'auto' is found out as lxc does. */
export function resolveSignal(
  machine: MachineHandle,
  asked: string,
  pid: number,
  procRoot = '/proc',
): string {
  if (asked !== 'halt' && asked !== 'reboot') return asked;
  const configured = machine.spec.signals[asked];
  if (configured !== 'auto') return configured;
  if (asked === 'reboot') return 'SIGINT';
  return blocksSignal(pid, signalNumber(SYSTEMD_HALT), procRoot) ? SYSTEMD_HALT : 'SIGPWR';
}

/** An init that takes signals by signalfd(2) blocks them: SigBlk of proc_pid_status(5), bit N-1 for signal N. */
export function blocksSignal(pid: number, signal: number, procRoot = '/proc'): boolean {
  return isInMask('SigBlk', pid, signal, procRoot);
}

/** The kernel drops what the init of a pid namespace neither blocks nor catches: pid_namespaces(7). */
export function hearsSignal(pid: number, signal: number, procRoot = '/proc'): boolean {
  return blocksSignal(pid, signal, procRoot) || isInMask('SigCgt', pid, signal, procRoot);
}

function isInMask(mask: 'SigBlk' | 'SigCgt', pid: number, signal: number, procRoot: string): boolean {
  const status = readSmallFile(`${procRoot}/${pid}/status`) ?? '';
  const bits = new RegExp(`^${mask}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1];
  return bits !== undefined && ((BigInt(`0x${bits}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** ESRCH for 3 and so on. */
export function errnoName(errno: number): string {
  const found = Object.entries(constants.errno).find(([, number]) => number === errno);
  return found?.[0] ?? `errno ${errno}`;
}
