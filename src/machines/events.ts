/** What happens to machines: the lines of the journal and of `tsmachine events`. */

/**
 * `stopped` is written once for every end of a machine, with details `reason` (halt, exited, signaled, monitor-lost)
 * and `code` or `signal`; `killed` when a command killed it (`stopped` follows); `rebooted` when it rebooted itself.
 */
export const eventTypes = [
  'created',
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
  started: (d) => (d['pid'] === undefined ? 'started' : `started, pid ${d['pid']}`),
  stopping: () => 'stopping',
  stopped: describeEnd,
  rebooted: () => 'rebooted',
  killed: (d) =>
    `killed${d['reason'] === 'timeout' ? ': it did not stop in time' : ` with ${d['signal'] ?? 'SIGKILL'}`}`,
  frozen: () => 'frozen',
  unfrozen: () => 'unfrozen',
  renamed: (d) => `renamed from ${d['from']}`,
  destroyed: (d) => (d['trash'] === undefined ? 'destroyed for good' : 'destroyed, kept in the trash'),
  'config-changed': (d) =>
    d['keys'] === undefined ? 'configuration replaced' : `configuration changed: ${d['keys']}`,
  collected: (d) =>
    `cleaned up after its supervisor died${d['reason'] === undefined ? '' : `: ${d['reason']}`}`,
  recovered: (d) => `an interrupted ${d['operation']} was ${d['outcome']}`,
};

/** One event in words, without time and name. Details may come from a file: the caller strips control characters. */
export function describeEvent(event: MachineEvent): string {
  return wordsOf[event.type](event.details);
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
