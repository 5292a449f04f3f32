/** How a unit's last run ended, when systemd has forgotten it: what it said of it then is in the host's journal. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExitRecord } from '../../backend.ts';
import { journalFields } from '../journal-line.ts';
import { exitRecord } from './exit-record.ts';

/** SD_MESSAGE_UNIT_PROCESS_EXIT_STR, _SUCCESS_STR and _FAILURE_RESULT_STR of systemd's sd-messages.h. */
const PROCESS_EXIT = '98e322203f7a4ed290d09fe03c09fe15';
const SUCCESS = '7ad2d189f7e94e70a38c781354912448';
const FAILURE = 'd9b373ed55a64feb8242e02dbe79a49c';

/** CLD_ of waitid(2), by systemd's words. */
const codes: Readonly<Record<string, number>> = { exited: 1, killed: 2, dumped: 3 };

const LINES = 16;
const TIME_LIMIT_MS = 5000;

interface Entry {
  readonly id: string;
  readonly run: string;
  readonly at: number;
  readonly code: number;
  readonly status: number;
}

/** Undefined where there is no journal, or it cannot be read, or tells nothing of this unit. */
export async function pastExit(unit: string): Promise<ExitRecord | undefined> {
  const journal = (...words: readonly string[]) =>
    promisify(execFile)('journalctl', words, { timeout: TIME_LIMIT_MS, maxBuffer: 2 ** 22 });
  // What was said a moment ago may still be on its way, and the run before is another. Only root can ask for that.
  await journal('--sync').catch(() => {});
  try {
    return exitInEntries((await journal(...journalWords(unit))).stdout.split('\n'));
  } catch {
    return undefined;
  }
}

/** Anybody may write such messages: that they are systemd's, the journal itself says (systemd.journal-fields(7), trusted fields). */
function journalWords(unit: string): readonly string[] {
  return [
    ...['--quiet', '--no-pager', '--output=json', '--reverse', `--lines=${LINES}`],
    '--output-fields=MESSAGE_ID,INVOCATION_ID,EXIT_CODE,EXIT_STATUS',
    ...['_PID=1', `UNIT=${unit}`],
    ...[PROCESS_EXIT, SUCCESS, FAILURE].map((id) => `MESSAGE_ID=${id}`),
  ];
}

/** @param lines of journalctl's JSON, the newest entry first */
export function exitInEntries(lines: readonly string[]): ExitRecord | undefined {
  const entries = lines.flatMap((line) => parseEntry(line) ?? []);
  const [newest] = entries;
  if (newest === undefined) return undefined;
  // Of a process that ended well systemd says nothing.
  if (newest.id === SUCCESS) return exitRecord({ code: 1, status: 0, endedAt: newest.at });
  // The first one of the run is the main process: what cleans up comes after.
  const main = entries.findLast(({ id, run }) => id === PROCESS_EXIT && run === newest.run);
  return main === undefined
    ? undefined
    : exitRecord({ code: main.code, status: main.status, endedAt: main.at });
}

function parseEntry(line: string): Entry | undefined {
  const fields = journalFields(line);
  if (fields === undefined) return undefined;
  const at = Number(fields['__REALTIME_TIMESTAMP']);
  const status = Number(fields['EXIT_STATUS'] ?? 0);
  if (!Number.isFinite(at) || !Number.isInteger(status)) return undefined;
  return {
    id: String(fields['MESSAGE_ID']),
    run: String(fields['INVOCATION_ID']),
    at,
    code: codes[String(fields['EXIT_CODE'])] ?? 0,
    status,
  };
}
