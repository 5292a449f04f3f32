/** What the whole host uses: proc_stat(5), proc_meminfo(5). */
import type { HostUsage } from '../../../usage.ts';
import { ascii, indexOf, NEWLINE, numberAt, SPACE, startsWith } from './formats/format.ts';
import { type KeptFile, type Reading, readKept } from './kept-file.ts';

/** Of /proc: one hundredth of a second on every architecture that Node runs on. */
export const TICKS_PER_SECOND = 100;

const IDLE = 3;
const IOWAIT = 4;
/** Of the first line; those after it are counted in others already. */
const COLUMNS = 8;
const CPU = ascii('cpu');
const TOTAL = ascii('MemTotal:');
const AVAILABLE = ascii('MemAvailable:');

export interface HostReading {
  readonly read: (reading: Reading, at: number) => HostUsage;
  readonly files: readonly KeptFile[];
}

export function openHost(procRoot: string): HostReading {
  const stat: KeptFile = { path: `${procRoot}/stat`, fd: undefined };
  const meminfo: KeptFile = { path: `${procRoot}/meminfo`, fd: undefined };
  let before = { ticks: Number.NaN, at: Number.NaN };
  return {
    files: [stat, meminfo],
    read: (reading, at) => {
      const { ticks, cores } = readProcessors(reading, readKept(stat, reading));
      const busy = (ticks - before.ticks) / TICKS_PER_SECOND / (at - before.at);
      before = { ticks, at };
      const length = readKept(meminfo, reading);
      return {
        cores,
        // Ticks are coarse: in a short interval there may seem to be more of them than there can be.
        busyCores: Number.isFinite(busy) ? Math.min(cores, Math.max(0, busy)) : null,
        memoryBytes: kibibytes(reading.buffer, TOTAL, length),
        availableBytes: kibibytes(reading.buffer, AVAILABLE, length),
      };
    },
  };
}

/** The first line sums all processors, the next ones are one each. */
function readProcessors({ buffer }: Reading, length: number): { ticks: number; cores: number } {
  let at = 0;
  let ticks = length > 0 ? 0 : Number.NaN;
  for (let column = 0; column < COLUMNS && at < length; column += 1) {
    at = indexOf(buffer, SPACE, at, length);
    while (buffer[at] === SPACE) at += 1;
    if (column !== IDLE && column !== IOWAIT) ticks += numberAt(buffer, at, length);
  }
  let cores = -1;
  for (
    let line = 0;
    startsWith(buffer, CPU, line, length);
    line = indexOf(buffer, NEWLINE, line, length) + 1
  ) {
    cores += 1;
  }
  return { ticks, cores: Math.max(1, cores) };
}

function kibibytes(buffer: Buffer, name: Uint8Array, length: number): number | null {
  for (let line = 0; line < length; line = indexOf(buffer, NEWLINE, line, length) + 1) {
    if (!startsWith(buffer, name, line, length)) continue;
    let at = line + name.length;
    while (buffer[at] === SPACE) at += 1;
    return numberAt(buffer, at, length) * 1024;
  }
  return null;
}
