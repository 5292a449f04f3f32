/** Machines in JSON documents: "A summary", "What info adds" and "What the kernel says" of docs/json.md. */
import * as v from 'valibot';
import { machineConfigSchema } from '../../src/machines/config/config-schema.ts';
import { count, countOrNull, text, textOrNull, texts, time, timeOrNull, words } from './values.ts';

export const backend = v.picklist(['native', 'nspawn']);
export const state = v.picklist([
  'stopped',
  'starting',
  'running',
  'freezing',
  'frozen',
  'stopping',
  'error',
]);

const summary = {
  name: text,
  backend,
  state,
  template: text,
  privileged: v.boolean(),
  pid: countOrNull,
  addresses: texts,
  memoryBytes: countOrNull,
  cpuUsec: countOrNull,
  tasks: countOrNull,
  snapshots: count,
  createdAt: time,
  startedAt: timeOrNull,
  restartAt: timeOrNull,
  ephemeral: v.boolean(),
};

const disk = v.nullable(v.strictObject({ ownBytes: count, sharedBytes: count }));

export const listedMachine = v.strictObject({ ...summary, disk: v.exactOptional(disk) });

export const exit = v.strictObject({
  reason: v.picklist(['exited', 'signaled', 'halt', 'reboot', 'monitor-lost']),
  code: v.exactOptional(count),
  signal: v.exactOptional(count),
  endedAt: time,
});

const capabilitySets = v.strictObject({
  effective: texts,
  permitted: texts,
  bounding: texts,
  inheritable: texts,
  ambient: texts,
});

const mount = v.strictObject({
  path: text,
  root: text,
  type: text,
  source: text,
  options: texts,
  superOptions: texts,
});

const socket = v.strictObject({
  protocol: v.picklist(['tcp', 'tcp6', 'udp', 'udp6']),
  address: text,
  port: count,
  process: v.nullable(v.strictObject({ pid: count, insidePid: countOrNull, name: text })),
});

const rlimit = v.union([count, v.literal('unlimited')]);

export const inspection = v.strictObject({
  namespaces: v.record(text, count),
  sharedNamespaces: texts,
  idMap: v.array(v.pipe(v.string(), v.regex(/^[ug]id \d+ \d+ \d+$/))),
  capabilities: texts,
  capabilitySets: v.nullable(capabilitySets),
  seccomp: v.pipe(v.string(), v.regex(/^(off|strict|filter.*)$/)),
  noNewPrivileges: v.nullable(v.boolean()),
  securityLabel: v.nullable(
    v.strictObject({ module: v.picklist(['apparmor', 'selinux', 'other']), label: text }),
  ),
  devices: v.nullable(texts),
  cgroups: texts,
  controllers: words,
  limitsInForce: v.record(text, v.unknown()),
  swapBytes: countOrNull,
  oomKills: countOrNull,
  throttling: v.nullable(v.strictObject({ periods: count, throttledPeriods: count, throttledUsec: count })),
  mounts: v.array(mount),
  layers: texts,
  listening: v.array(socket),
  rlimits: v.record(text, v.strictObject({ soft: rlimit, hard: rlimit })),
  oom: v.nullable(v.strictObject({ score: count, adjustment: v.number() })),
  monitorPid: countOrNull,
  monitorClients: countOrNull,
  incomplete: v.array(v.picklist(['mounts', 'listening', 'processes'])),
});

export const managed = v.strictObject({
  unit: text,
  service: textOrNull,
  image: v.nullable(
    v.strictObject({
      path: text,
      kind: v.picklist(['directory', 'subvolume', 'raw', 'block']),
      readOnly: v.boolean(),
    }),
  ),
  rootDirectory: textOrNull,
  system: textOrNull,
});

const limit = v.strictObject({
  name: v.picklist(['memory.max', 'memory.high', 'memory.swap.max', 'pids.max']),
  unit: v.picklist(['bytes', 'tasks']),
  used: countOrNull,
  limit: countOrNull,
});

export const shownMachine = v.strictObject({
  ...summary,
  config: machineConfigSchema,
  lastExit: v.nullable(exit),
  restart: v.nullable(
    v.strictObject({ policy: v.picklist(['on-failure', 'always']), restarts: count, givenUp: v.boolean() }),
  ),
  firstBoot: v.nullable(v.strictObject({ left: count, failures: texts })),
  problem: textOrNull,
  managed: v.nullable(managed),
  inspection: v.nullable(inspection),
  limits: v.array(limit),
  disk,
  layers: v.array(v.strictObject({ id: text, bytes: countOrNull })),
  currentSnapshot: textOrNull,
});
