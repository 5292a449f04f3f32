/** The vocabulary of a launch plan; docs/launch-plan.md is the contract that the C helper reads too. */

export const MACHINE_OPERATIONS = [
  'run-directory',
  'console-log',
  'exit-record',
  'on-exit',
  'on-terminate',
  'plan-file',
  'on-event',
  'watch-counters',
  'watch-pressure',
  'count-file',
] as const;

/** With the rank of each: within a section ranks never go backwards, else the helper refuses the plan. */
export const OUTSIDE_RANKS = {
  'cgroup-create': 1,
  'cgroup-write': 1,
  'cgroup-devices': 1,
  'cgroup-marks': 1,
  'cgroup-monitor': 1,
  'cgroup-payload': 1,
  'cgroup-kill': 1,
  namespaces: 2,
  'clock-zero': 2,
  'id-map': 3,
  'cgroup-delegate': 3,
  overlay: 4,
  tree: 4,
} as const;

export const INSIDE_RANKS = {
  root: 1,
  directory: 2,
  mount: 2,
  device: 2,
  node: 2,
  symlink: 2,
  write: 2,
  attach: 2,
  console: 2,
  'notify-socket': 2,
  mask: 2,
  'read-only': 2,
  'pivot-root': 3,
  propagation: 3,
  hostname: 4,
  loopback: 4,
  rlimit: 4,
  umask: 4,
  'working-directory': 5,
  groups: 5,
  user: 5,
  capabilities: 6,
  apparmor: 6,
  'no-new-privileges': 6,
  seccomp: 7,
  environment: 8,
  exec: 8,
} as const;

export type MachineOperationName = (typeof MACHINE_OPERATIONS)[number];
export type OutsideOperationName = keyof typeof OUTSIDE_RANKS;
export type InsideOperationName = keyof typeof INSIDE_RANKS;
export type OperationName = MachineOperationName | OutsideOperationName | InsideOperationName;

export interface Operation {
  readonly operation: OperationName;
  readonly arguments: readonly string[];
}

export interface LaunchPlan {
  /** The machine's name. */
  readonly name: string;
  readonly machine: readonly Operation[];
  readonly outside: readonly Operation[];
  readonly inside: readonly Operation[];
}

/** One operation, as it is written in a plan: `operation('mount', 'proc', '/proc', ...)`. */
export function operation(name: OperationName, ...args: readonly (string | number)[]): Operation {
  return { operation: name, arguments: args.map(String) };
}
