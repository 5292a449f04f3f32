/** What state a machine is in, since when, and who looks after it. Pure. */
import type { Inspection } from '../../backends/inspection.ts';
import type { MachineDetails } from '../../machines/machines.ts';
import { exitWords } from '../exit-words.ts';
import { formatDuration, formatTime } from '../units.ts';
import { type Entry, known } from './section.ts';

export function stateEntries(
  details: MachineDetails,
  inspection: Inspection | null,
  now: number,
): readonly Entry[] {
  const { state, problem, backend, template, pid, startedAt, createdAt, lastExit, addresses } = details;
  return known([
    ['state', problem === null ? state : `${state}: ${problem}`],
    ['isolation', isolationWords(details)],
    ['backend', backend],
    ['template', template],
    ['pid', pid === null ? undefined : `${pid} on the host, 1 inside`],
    ['monitor', monitorWords(inspection)],
    ['started', startedAt === null ? undefined : withAge(startedAt, now)],
    ['created', withAge(createdAt, now)],
    ['addresses', addresses.length === 0 ? undefined : addresses],
    [
      'last exit',
      lastExit === null ? undefined : `${exitWords(lastExit)}, ${withAge(lastExit.endedAt, now)}`,
    ],
  ]);
}

function isolationWords({ privileged }: MachineDetails): string {
  return privileged
    ? 'PRIVILEGED: root inside is root of this host'
    : 'own user namespace: root inside is nobody outside';
}

function monitorWords(inspection: Inspection | null): string | undefined {
  if (inspection === null || inspection.monitorPid === null) return undefined;
  const { monitorPid, monitorClients } = inspection;
  if (monitorClients === null || monitorClients === 0) return `pid ${monitorPid}, nobody at the console`;
  return `pid ${monitorPid}, ${monitorClients} ${monitorClients === 1 ? 'client' : 'clients'} (consoles, waiting commands)`;
}

function withAge(time: string | number, now: number): string {
  const date = new Date(time);
  return `${formatTime(date)} (${formatDuration((now - date.getTime()) / 1000)} ago)`;
}
