/** Values of options and arguments, checked where they enter. */
import { constants } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { MachineState } from '../../machines/machines.ts';
import { parseSize } from '../../machines/values/quantities.ts';

export const allStates: readonly MachineState[] = [
  'stopped',
  'starting',
  'running',
  'freezing',
  'frozen',
  'stopping',
  'error',
];

export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number of seconds.');
  }
  return value;
}

/** Of start --wait and create --wait: as long as systemd waits for a unit. */
export const BOOT_PATIENCE_SECONDS = 90;

export function machineStates(text: string): readonly MachineState[] {
  return text.split(',').map((word) => {
    const state = allStates.find((candidate) => candidate === word.trim());
    if (state === undefined) throw new InvalidArgumentError(`It must be of: ${allStates.join(', ')}.`);
    return state;
  });
}

/** 9, KILL, sigkill and SIGKILL are all SIGKILL; real-time signals as RTMIN+3. */
export function signalName(text: string): string {
  const upper = text.toUpperCase();
  const byNumber = Object.entries(constants.signals).find(([, number]) => String(number) === text)?.[0];
  const name = byNumber ?? (upper.startsWith('SIG') ? upper : `SIG${upper}`);
  if (!(name in constants.signals) && !/^SIGRT(MIN(\+\d{1,2})?|MAX(-\d{1,2})?)$/.test(name)) {
    throw new InvalidArgumentError('It must be a signal such as SIGTERM, TERM, 15 or RTMIN+3.');
  }
  return name;
}

/** Collects KEY=VALUE words; the later one wins. */
export function collectPairs(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** A repeated option, each word as it was given. */
export function collectWords(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

const ageUnits: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Milliseconds of 30s, 10m, 2h, 7d, 2w; undefined if it is something else. */
function parseAge(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * 1000 * (ageUnits[unit] ?? 1);
}

/** Milliseconds. */
export function age(text: string): number {
  const milliseconds = parseAge(text);
  if (milliseconds === undefined || milliseconds === 0) {
    throw new InvalidArgumentError('It must be an age such as 10m, 2h, 7d.');
  }
  return milliseconds;
}

/** A time (ISO 8601 or what Date reads), or an age: 30s, 10m, 2h, 7d. */
export function timeOrAge(text: string): Date {
  const milliseconds = parseAge(text);
  const time = milliseconds === undefined ? new Date(text) : new Date(Date.now() - milliseconds);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(
      'It must be a time such as 2026-01-31T12:00 or an age such as 10m, 2h, 7d.',
    );
  }
  return time;
}

/** Bytes. */
export function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes === 0) {
    throw new InvalidArgumentError('It must be a size such as 512M or 20G.');
  }
  return bytes;
}

export function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}
