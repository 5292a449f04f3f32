/** What state a machine is in, since when, and who looks after it. Pure. */
import type { Inspection } from '../../backends/inspection.ts';
import { restartDefaults } from '../../machines/keys/restart-keys.ts';
import type { MachineDetails } from '../../machines/machines.ts';
import { formatSpan } from '../../machines/values/durations.ts';
import { exitWords } from '../lines/exit-words.ts';
import { formatDuration, formatTime } from '../units.ts';
import { type Entry, known } from './section.ts';

export function stateEntries(
  details: MachineDetails,
  inspection: Inspection | null,
  now: number,
): readonly Entry[] {
  const { backend, template, pid, startedAt, createdAt, lastExit, addresses, firstBoot, managed } = details;
  return known([
    ['state', stateWords(details, now)],
    ['ephemeral', details.ephemeral ? 'it is gone for good when it ends' : undefined],
    ['restart', restartWords(details)],
    ['isolation', isolationWords(details)],
    ['backend', backend],
    ['unit', managed?.unit],
    ['registered by', managed?.service ?? undefined],
    ['template', template === '' ? undefined : template],
    ['system', managed?.system ?? undefined],
    ['pid', pid === null ? undefined : `${pid} on the host, 1 inside`],
    ['monitor', managed === null ? monitorWords(inspection) : supervisorWords(inspection)],
    ['started', startedAt === null ? undefined : withAge(startedAt, now)],
    ['created', withAge(createdAt, now)],
    ['first boot', firstBoot === null ? undefined : firstBootWords(firstBoot)],
    ['addresses', addresses.length === 0 ? undefined : addresses],
    [
      'last exit',
      lastExit === null ? undefined : `${exitWords(lastExit)}, ${withAge(lastExit.endedAt, now)}`,
    ],
  ]);
}

function stateWords({ state, problem, restartAt }: MachineDetails, now: number): string {
  if (problem !== null) return `${state}: ${problem}`;
  if (restartAt === null) return state;
  const seconds = Math.max(0, Math.ceil((Date.parse(restartAt) - now) / 1000));
  return `${state}, starts again in ${seconds < 60 ? `${seconds} s` : formatDuration(seconds)}`;
}

/** What the policy is stands with the configuration; here is what it did. */
function restartWords({ restart, config }: MachineDetails): string | undefined {
  if (restart === null) return undefined;
  const { policy, restarts, givenUp } = restart;
  const limit = config.restart?.limit ?? restartDefaults.limit;
  const within = formatSpan(limit === 'none' ? restartDefaults.limit.withinMs : limit.withinMs);
  const most = limit === 'none' ? '' : ` of ${limit.restarts}`;
  const counted = `${policy}: ${restarts}${most} restarts within ${within}`;
  return givenUp ? `${counted}; given up: a start begins anew` : counted;
}

function firstBootWords({ left, failures }: NonNullable<MachineDetails['firstBoot']>): string {
  const state = left === 0 ? 'done' : `${left} ${left === 1 ? 'step' : 'steps'} to be done`;
  return failures.length === 0 ? state : `${state}; failed: ${failures.join('; ')}`;
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

/** It serves no consoles of ours. */
function supervisorWords(inspection: Inspection | null): string | undefined {
  const pid = inspection?.monitorPid ?? null;
  return pid === null ? undefined : `pid ${pid}, who waits for its end`;
}

function withAge(time: string | number, now: number): string {
  const date = new Date(time);
  return `${formatTime(date)} (${formatDuration((now - date.getTime()) / 1000)} ago)`;
}
