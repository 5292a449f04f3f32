/** What a unit's processes said last, as the journal has it (journalctl(1)). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LINES = 4;
const LONGEST = 200;
const TIME_LIMIT_MS = 5000;

/** A machine may say anything, also what would begin a line of its own or turn the text around. */
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/**
 * None where there is no journal.
 * @param since milliseconds since the epoch
 * @throws where the journal cannot be read
 */
export async function lastWords(unit: string, since: number): Promise<readonly string[]> {
  const run = (...words: string[]) =>
    promisify(execFile)('journalctl', words, { timeout: TIME_LIMIT_MS, maxBuffer: 2 ** 22 });
  // What was said a moment ago may still be on its way. Only root can ask for that.
  await run('--sync').catch(() => {});
  // By unit and time, as `systemctl status` looks: journald knows the unit of a process that has died before it read what that said, but not
  // the invocation.
  const { stdout } = await run(
    ...['--quiet', '--no-pager', '--output=cat', `--lines=${LINES}`],
    ...[`--since=@${(since / 1000).toFixed(3)}`, `_SYSTEMD_UNIT=${unit}`],
  );
  return stdout
    .split('\n')
    .map((line) => line.replace(unsafe, ' ').trim().slice(0, LONGEST))
    .filter((line) => line !== '');
}
