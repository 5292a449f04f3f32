/** Why the last run ended: ROOT/machines/NAME/exit, in the helper's records. */
import { writeAtomically } from '../../../files/atomic-file.ts';
import type { ExitRecord } from '../../backend.ts';
import { decodeRecords, encodeRecords } from '../records.ts';
import { readSmallFile } from './small-file.ts';

const REASONS: ReadonlySet<string> = new Set(['exited', 'signaled', 'halt', 'reboot', 'monitor-lost']);

export function exitRecordPath(machineDirectory: string): string {
  return `${machineDirectory}/exit`;
}

/** Undefined if the machine never ended, or if the file is damaged: what is unknown is not made up. */
export function readExitRecord(machineDirectory: string): ExitRecord | undefined {
  const text = readSmallFile(exitRecordPath(machineDirectory));
  return text === undefined ? undefined : parseExitRecord(Buffer.from(text));
}

export function parseExitRecord(bytes: Uint8Array): ExitRecord | undefined {
  try {
    const [record] = decodeRecords(bytes);
    const [reason = '', ...numbers] = record?.arguments ?? [];
    const [code, signal, endedAt] = numbers.map(Number);
    if (record?.name !== 'ended' || !REASONS.has(reason)) return undefined;
    if (![code, signal, endedAt].every(Number.isSafeInteger)) return undefined;
    return { reason, code, signal, endedAt } as ExitRecord;
  } catch {
    return undefined;
  }
}

/** Written by us only for a machine whose monitor could not: 'monitor-lost'. */
export function writeExitRecord(machineDirectory: string, record: ExitRecord): void {
  const { reason, code, signal, endedAt } = record;
  const bytes = encodeRecords([{ name: 'ended', arguments: [reason, code, signal, endedAt].map(String) }]);
  writeAtomically(exitRecordPath(machineDirectory), bytes);
}
