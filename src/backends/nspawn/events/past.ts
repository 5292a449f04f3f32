/**
 * Starts and ends of machines, as machined wrote them into the journal of the host (sd-messages(3): MACHINE_START, MACHINE_STOP), and where systemd
 * started a unit again between them (UNIT_RESTART_SCHEDULED, and no UNIT_FAILED after it), reboots.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TimedManagerEvent } from '../../manager/events.ts';
import { journalFields } from '../journal-line.ts';
import { machineOfUnit, unitOfMachine } from '../unit-name.ts';
import { type PastEntry, withReboots } from './reboots.ts';

const STARTED = '24d8d4452573402496068381a6312df2';
const STOPPED = '58432bd3bace477cb514b56381b8a758';
const RESTARTING = '5eb03494b6584870a536b337290809b3';
/** A start of a unit that came to nothing. */
const START_FAILED = 'be02cf6855d2428ba40df7e9d022f03d';

interface Filter {
  readonly name?: string;
  readonly since?: Date;
}

/** None where there is no journal. */
export async function* pastEvents(filter: Filter): AsyncGenerator<TimedManagerEvent> {
  const journal = spawn('journalctl', journalWords(filter), { stdio: ['ignore', 'pipe', 'ignore'] });
  journal.on('error', () => {});
  const entries: PastEntry[] = [];
  try {
    for await (const line of createInterface({ input: journal.stdout })) {
      const entry = parseEntry(line);
      if (entry !== undefined) entries.push(entry);
    }
  } finally {
    journal.kill();
  }
  // Whether an end was a reboot's is known when what came next is.
  yield* withReboots(entries);
}

/** Anybody may write such messages: of whom they are, the journal itself says (systemd.journal-fields(7), trusted fields). */
function journalWords({ name, since }: Filter): readonly string[] {
  return [
    ...['--quiet', '--no-pager', '--output=json'],
    '--output-fields=MESSAGE_ID,NAME,LEADER,UNIT',
    ...(since === undefined ? [] : [`--since=@${Math.floor(since.getTime() / 1000)}`]),
    '_SYSTEMD_UNIT=systemd-machined.service',
    ...[`MESSAGE_ID=${STARTED}`, `MESSAGE_ID=${STOPPED}`],
    ...(name === undefined ? [] : [`NAME=${name}`]),
    ...['+', '_PID=1', `MESSAGE_ID=${RESTARTING}`, `MESSAGE_ID=${START_FAILED}`],
    ...(name === undefined ? [] : [`UNIT=${unitOfMachine(name)}`]),
  ];
}

/** Undefined for what is no such entry. */
export function parseEntry(line: string): PastEntry | undefined {
  const fields = journalFields(line);
  if (fields === undefined) return undefined;
  const id = fields['MESSAGE_ID'];
  const at = Math.floor(Number(fields['__REALTIME_TIMESTAMP']) / 1000);
  const isOfUnit = id === RESTARTING || id === START_FAILED;
  const name = isOfUnit ? machineOfUnit(String(fields['UNIT'])) : fields['NAME'];
  // What is no text is a list of bytes: no name of a machine.
  if (typeof name !== 'string' || !Number.isFinite(at)) return undefined;
  if (isOfUnit) return { type: id === RESTARTING ? 'restarting' : 'start-failed', name, at };
  if (id === STOPPED) return { type: 'stopped', name, exit: undefined, at };
  if (id !== STARTED) return undefined;
  const pid = Number(fields['LEADER']);
  return { type: 'started', name, pid: Number.isInteger(pid) && pid > 0 ? pid : undefined, at };
}
