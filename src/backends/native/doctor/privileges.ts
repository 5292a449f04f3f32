/** Who we are, and which ids machines get. */
import { readFileSync } from 'node:fs';
import type { Finding } from '../../backend.ts';
import type { Examination } from './context.ts';

export function examinePrivileges(examination: Examination): readonly Finding[] {
  return [examineUser(examination), examineSubordinateIds(examination)];
}

function examineUser({ uid }: Examination): Finding {
  if (uid === 0) return { subject: 'user', verdict: 'ok', detail: 'root' };
  return {
    subject: 'user',
    verdict: 'problem',
    detail: `user ${uid}: machines can be listed, but only root can start them`,
    fix: 'Run with sudo.',
  };
}

/** subuid(5): ranges given to users, which machines keep clear of. */
function examineSubordinateIds({ hostRoot }: Examination): Finding {
  const subject = 'subordinate ids';
  const lines = ['subuid', 'subgid'].flatMap((file) => readLines(`${hostRoot}/etc/${file}`));
  const malformed = lines.find((line) => !/^[^:]+:\d+:\d+$/.test(line));
  if (malformed !== undefined) {
    return {
      subject,
      verdict: 'warning',
      detail: `a line of /etc/subuid or /etc/subgid is not NAME:FIRST:COUNT: ${malformed}`,
      fix: 'Correct the line: see subuid(5).',
    };
  }
  const detail =
    lines.length === 0
      ? 'no /etc/subuid: all ranges are free'
      : `${lines.length} ranges of /etc/subuid and /etc/subgid are kept clear of`;
  return { subject, verdict: 'ok', detail };
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return [];
  }
}
