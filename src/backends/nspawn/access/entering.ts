/** The way into a machine that machined keeps, for a command. */
import { readFileSync } from 'node:fs';
import { readLayout } from '../../native/cgroups/layout.ts';
import type { EnterContext } from '../../native/execution/enter-records.ts';
import { refuseFrozen } from '../../native/life/preconditions.ts';
import { type FindMachine, openLeader, requireMachine } from './leader.ts';
import { surroundingsOf } from './surroundings.ts';

/** @throws BackendError as `openLeader`; 'frozen' */
export async function prepareEntering(find: FindMachine, name: string): Promise<EnterContext> {
  const leader = openLeader(await requireMachine(find, name));
  try {
    refuseFrozen(name, leader.state);
    return surroundingsOf(leader, readLayout(readFileSync('/proc/self/mountinfo', 'utf8')));
  } finally {
    leader.files.close();
  }
}
