/** What commands that died have left: intents, which the next command settles, and staging folders, which none knows of. */
import type { Finding } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { damagedIntents, isAbandoned, readIntents } from '../store/intents.ts';
import { readFolder } from '../store/store.ts';

export function examineLeavings({ paths }: Domain): readonly Finding[] {
  // Before the intents: each folder here begins with one.
  const stagings = readFolder(paths.stagings);
  const intents = readIntents(paths);
  const known = new Set(intents.map(({ name }) => name));
  return [
    ...intents
      .filter((intent) => intent.operation !== 'stop' && isAbandoned(intent))
      .map(({ operation, name }) => interrupted(operation, name)),
    ...damagedIntents(paths).map(damaged),
    ...stagings.filter((name) => !known.has(name)).map((name) => forgotten(paths.staging(name))),
  ];
}

function interrupted(operation: string, name: string): Finding {
  return {
    subject: `${operation} of ${name}`,
    verdict: 'warning',
    detail: 'its command died in the middle of it',
    fix: 'The next command that changes any machine completes or undoes it.',
  };
}

function damaged(path: string): Finding {
  return {
    subject: 'a half-done command',
    verdict: 'warning',
    detail: `${path} cannot be read: what it began can be neither completed nor undone`,
    fix: `Look whether the machine is whole; then rm '${path.replaceAll("'", "'\\''")}'`,
  };
}

function forgotten(path: string): Finding {
  return {
    subject: 'staging',
    verdict: 'warning',
    detail: `${path} belongs to no command`,
    fix: `rm -r '${path.replaceAll("'", "'\\''")}'`,
  };
}
