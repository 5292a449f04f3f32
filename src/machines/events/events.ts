/** What happens to machines: the lines of the journal and of `tsmachine events`. */

/**
 * `stopped` is written once for every end of a machine, with details `reason` (halt, exited, signaled, monitor-lost)
 * and `code` or `signal`; `killed` when a command killed it (`stopped` follows); `rebooted` when it rebooted itself.
 */
export const eventTypes = [
  'created',
  'first-boot',
  'started',
  'stopping',
  'stopped',
  'rebooted',
  'killed',
  'frozen',
  'unfrozen',
  'renamed',
  'destroyed',
  'config-changed',
  'collected',
  'recovered',
  'snapshotted',
  'snapshot-removed',
  'restored',
  'cloned',
  'exported',
  'imported',
  'pushed',
  'reverted',
  'brought-back',
  'purged',
  'undone',
  'layers-kept',
  'oom-killed',
  'limit-reached',
  'pressure',
  'oom-action',
  'restart-planned',
  'restart-failed',
  'restart-cancelled',
  'restart-given-up',
] as const;

export type MachineEventType = (typeof eventTypes)[number];

export interface MachineEvent {
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** The machine. */
  readonly name: string;
  readonly type: MachineEventType;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

const wordsOf: Record<MachineEventType, (details: MachineEvent['details']) => string> = {
  created: (d) => `created from ${d['template'] ?? 'a template'}`,
  started: describeStart,
  'first-boot': (d) =>
    d['failures'] === undefined ? 'first boot done' : `first boot done, with failures: ${d['failures']}`,
  stopping: () => 'stopping',
  stopped: describeEnd,
  rebooted: () => 'rebooted',
  killed: describeKill,
  frozen: () => 'frozen',
  unfrozen: () => 'unfrozen',
  renamed: (d) => `renamed from ${d['from']}`,
  destroyed: (d) => (d['trash'] === undefined ? 'destroyed for good' : 'destroyed, kept in the trash'),
  'config-changed': (d) =>
    d['keys'] === undefined ? 'configuration replaced' : `configuration changed: ${d['keys']}`,
  collected: (d) =>
    `cleaned up after its supervisor died${d['reason'] === undefined ? '' : `: ${d['reason']}`}`,
  recovered: (d) => `an interrupted ${d['operation']} was ${d['outcome']}`,
  snapshotted: (d) => `snapshot ${d['snapshot']} taken${d['scheduled'] === true ? ' by schedule' : ''}`,
  'snapshot-removed': (d) =>
    `snapshot ${d['snapshot']} removed${d['trash'] === undefined ? ' for good' : ', kept in the trash'}`,
  restored: (d) => `restored to snapshot ${d['snapshot']}; what it was before is ${d['before']}`,
  reverted: (d) =>
    `${d['path']} is again as in ${d['from']}${d['trash'] === undefined ? '' : '; what it was is in the trash'}`,
  cloned: (d) => `cloned from ${d['from']}`,
  exported: describeExport,
  pushed: (d) => `${d['files'] === 1 ? 'a file' : `${d['files']} files`} copied to ${d['to']}`,
  imported: (d) => `imported from an archive of ${d['from']}`,
  'brought-back': (d) =>
    d['snapshot'] === undefined
      ? `brought back from the trash: ${d['entry']}`
      : `snapshot ${d['snapshot']} brought back from the trash`,
  purged: (d) => `${d['entry']} is gone from the trash for good`,
  undone: (d) => `undone: ${d['deed']}`,
  'layers-kept': (d) => `no disk space was freed: what names the layers cannot be read: ${d['path']}`,
  'oom-killed': describeOutOfMemory,
  'limit-reached': (d) => `${d['limit']} was reached ${times(d['times'])}`,
  pressure: (d) =>
    `pressure of ${d['resource']} over ${d['threshold'] ?? 'its threshold'}: processes waited ${d['stalledMs']} ms since it was told last`,
  'oom-action': (d) =>
    d['refused'] === undefined
      ? `on-oom=${d['action']}: ${actionWords[String(d['action'])] ?? 'acted'}`
      : `on-oom=${d['action']} was not carried out: ${d['refused']}`,
  'restart-planned': (d) => `starts again in ${Number(d['inMs']) / 1000} s (restart ${d['attempt']})`,
  'restart-failed': (d) => `restart ${d['attempt']} failed: ${d['reason']}`,
  'restart-cancelled': () => 'does not start again: somebody stopped it',
  'restart-given-up': (d) => `does not start again: ${d['reason']}`,
};

const actionWords: Readonly<Record<string, string>> = {
  restart: 'it starts again',
  stop: 'it is stopped',
  freeze: 'it is frozen, for somebody to look at',
};

const causeWords: Readonly<Record<string, string>> = {
  limit: 'memory.max was reached',
  inside: 'a limit that it set inside itself was reached',
  outside: 'the host, or a group above it, ran out of memory',
};

/** The machine is named before the words. */
function describeExport({ source, path }: MachineEvent['details']): string {
  const [, snapshot] = String(source).split('@');
  const what = snapshot === undefined ? '' : `snapshot ${snapshot} `;
  return `${what}exported${path === undefined ? '' : ` to ${path}`}`;
}

function describeOutOfMemory({ processes, cause }: MachineEvent['details']): string {
  const who = processes === 1 ? 'a process was' : `${processes} processes were`;
  return `out of memory: ${who} killed; ${causeWords[String(cause)] ?? 'the cause is not known'}`;
}

function times(count: string | number | boolean | undefined): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** One event in words, without time and name. Details may come from a file: the caller strips control characters. */
export function describeEvent(event: MachineEvent): string {
  return wordsOf[event.type](event.details);
}

/** Another signal than SIGKILL goes to init alone, which decides what it means. */
function describeKill(details: MachineEvent['details']): string {
  const { reason, signal = 'SIGKILL' } = details;
  if (reason === 'timeout') return `killed: it did not stop in time${refusalWords(details)}`;
  return signal === 'SIGKILL' ? 'killed' : `${signal} sent to init`;
}

function describeStart({ pid, attempt }: MachineEvent['details']): string {
  const again = attempt === undefined ? 'started' : `started again (restart ${attempt})`;
  return pid === undefined ? again : `${again}, pid ${pid}`;
}

function refusalWords({ left, refused }: MachineEvent['details']): string {
  if (left === undefined) return '';
  return `; ${left} ${left === 1 ? 'process was' : 'processes were'} still there: ${refused}`;
}

function describeEnd(details: MachineEvent['details']): string {
  switch (details['reason']) {
    case 'exited':
      return `stopped: init exited with code ${details['code']}`;
    case 'signaled':
      return `stopped: init was killed by signal ${details['signal']}`;
    case 'monitor-lost':
      return 'stopped: its monitor died';
    default:
      return 'stopped';
  }
}
