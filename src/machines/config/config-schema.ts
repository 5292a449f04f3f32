/**
 * The stored configuration, machines/NAME/config.json, version 1. Strict: a key that this version does not know is an
 * error, so that a misspelt guard is never silently without effect. The machine's name is not in it: the directory's
 * name is, so that a rename never leaves two truths.
 */
import * as v from 'valibot';
import type { ResourceLimit } from '../../backends/backend.ts';
import { isSnapshotName } from '../names/snapshot-names.ts';
import {
  autostartPriority,
  consoleLogBytes,
  diskBytes,
  restartCount,
  restartSpanMs,
} from '../values/bounds.ts';
import { parseDuration, parsePeriod } from '../values/durations.ts';
import { isGroupName } from '../values/group-name.ts';
import { isPlainPath } from '../values/plain-path.ts';
import { isProfileName } from '../values/profile-name.ts';
import { rlimitFault, rlimitNames } from '../values/rlimits.ts';
import { parseSignal } from '../values/signal-names.ts';
import { limitsSchema, pressureSchema, within } from './limits-schema.ts';
import { later } from './made-later.ts';

export const CONFIG_VERSION = 1;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.check(noNul, 'must not contain a NUL byte'));
const absolutePath = v.pipe(
  text,
  v.check(isPlainPath, 'must be an absolute path without ".", "..", doubled or trailing slashes'),
);
const snapshotName = v.pipe(v.string(), v.check(isSnapshotName, 'must be the name of a snapshot'));
const layerId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a layer id'));
const machineId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hexadecimal digits'));
export const hostname = v.pipe(
  v.string(),
  v.maxLength(63),
  v.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'must be a host name: letters, digits, hyphen, dot'),
);
const signalName = v.pipe(
  v.string(),
  v.check((name) => name === 'auto' || parseSignal(name) === name, 'must be auto or a name such as SIGPWR'),
);
const capability = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]*$/, 'must be a capability in lower case, without cap_'),
);
const environment = v.record(v.pipe(text, v.regex(/^[^=]+$/, 'must be a variable name')), text);

const rlimit = later(() =>
  v.strictObject({
    soft: v.union([count, v.literal('unlimited')]),
    hard: v.union([count, v.literal('unlimited')]),
  }),
);
const rlimitName = later(() =>
  v.pipe(
    v.string(),
    v.check((name) => rlimitNames.includes(name), `must be one of ${rlimitNames.join(', ')}`),
  ),
);
const rlimits = v.pipe(
  v.record(rlimitName, rlimit),
  v.check(
    (all) => firstFault(all) === undefined,
    ({ input }) => firstFault(input) ?? '',
  ),
);

const initSchema = v.strictObject({
  argv: v.pipe(
    v.array(text),
    v.minLength(1, 'must name a program'),
    v.transform((argv) => argv as [string, ...string[]]),
  ),
  environment,
  workingDirectory: absolutePath,
  user: v.strictObject({ uid: count, gid: count, groups: v.array(count) }),
  /** It says READY=1 by sd_notify(3). */
  notifies: v.exactOptional(v.boolean()),
});

export const machineConfigSchema = v.strictObject({
  version: v.literal(CONFIG_VERSION),
  backend: v.picklist(['native', 'nspawn']),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  machineId,
  template: v.strictObject({ name: text, options: v.record(v.string(), text) }),
  /** The image that the lowest layers came from. */
  imageKey: v.pipe(v.string(), v.minLength(1)),
  storage: v.strictObject({
    driver: v.picklist(['overlay', 'btrfs', 'dir']),
    /** Top first. */
    layers: v.array(layerId),
    /** The one that the machine's files go on from. */
    snapshot: v.exactOptional(snapshotName),
  }),
  /** How much the machine's files may take. */
  disk: v.exactOptional(later(() => v.strictObject({ maxBytes: within(diskBytes) }))),
  /** What `snapshot --due` does, in the words that a person wrote. */
  snapshots: v.exactOptional(later(snapshotsSchema)),
  /** Kept also while the machine is privileged, so that it can stop being so. */
  idRange: v.strictObject({ base: count, count: v.pipe(count, v.minValue(1)) }),
  /** Without it the host name is the machine's name, and follows a rename. */
  hostname: v.exactOptional(hostname),
  privileged: v.boolean(),
  nesting: v.boolean(),
  noNewPrivileges: v.boolean(),
  seccomp: v.picklist(['default', 'off']),
  /** Absent: default. */
  apparmor: v.exactOptional(
    later(() => v.pipe(v.string(), v.check(isProfileName, 'must be default, off or the name of a profile'))),
  ),
  capabilities: v.strictObject({ add: v.array(capability), drop: v.array(capability) }),
  init: initSchema,
  signals: v.strictObject({ halt: signalName, reboot: signalName }),
  binds: v.array(
    later(() =>
      v.strictObject({
        source: absolutePath,
        path: absolutePath,
        readOnly: v.boolean(),
        devices: v.exactOptional(v.boolean()),
      }),
    ),
  ),
  tmpfs: v.array(
    later(() =>
      v.strictObject({ path: absolutePath, sizeBytes: v.exactOptional(v.pipe(count, v.minValue(1))) }),
    ),
  ),
  rlimits,
  limits: limitsSchema,
  /** Beyond which the journal tells of it. */
  pressure: v.exactOptional(later(pressureSchema)),
  /** What is done when a process of it was killed for want of memory; without it the journal tells, and that is all. */
  onOom: v.exactOptional(v.picklist(['restart', 'stop', 'freeze'])),
  /** What `tsmachine autostart` does with it. */
  autostart: v.exactOptional(later(autostartSchema)),
  /** It is gone for good when it ends. */
  ephemeral: v.exactOptional(v.literal(true)),
  /** What comes after an end that nobody asked for; without a policy nothing does. */
  restart: v.exactOptional(later(restartSchema)),
  console: v.strictObject({ logBytes: within(consoleLogBytes) }),
});

function snapshotsSchema() {
  return v.strictObject({
    schedule: v.exactOptional(
      v.pipe(
        v.string(),
        v.check((text) => parsePeriod(text) !== undefined, 'must be a period such as daily or 6h'),
      ),
    ),
    expiry: v.exactOptional(
      v.pipe(
        v.string(),
        v.check((text) => parseDuration(text) !== undefined, 'must be a span such as 7d'),
      ),
    ),
  });
}

function autostartSchema() {
  return v.strictObject({
    enabled: v.exactOptional(v.literal(true)),
    priority: v.exactOptional(v.pipe(within(autostartPriority), v.integer('must be a whole number'))),
    delayMs: v.exactOptional(within(restartSpanMs)),
    groups: v.exactOptional(v.array(v.pipe(v.string(), v.check(isGroupName, 'must be the name of a group')))),
  });
}

function restartSchema() {
  return v.strictObject({
    policy: v.exactOptional(v.picklist(['on-failure', 'always'])),
    delayMs: v.exactOptional(within(restartSpanMs)),
    maxDelayMs: v.exactOptional(within(restartSpanMs)),
    limit: v.exactOptional(
      v.union([
        v.literal('none'),
        v.strictObject({ restarts: within(restartCount), withinMs: within(restartSpanMs) }),
      ]),
    ),
  });
}

export type MachineConfig = DeepReadonly<v.InferOutput<typeof machineConfigSchema>>;

export type DeepReadonly<T> = T extends readonly unknown[]
  ? Readonly<{ [K in keyof T]: DeepReadonly<T[K]> }>
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

function noNul(value: string): boolean {
  return !value.includes('\0');
}

function firstFault(limits: Readonly<Record<string, ResourceLimit>>): string | undefined {
  for (const [name, limit] of Object.entries(limits)) {
    const fault = rlimitFault(name, limit);
    if (fault !== undefined) {
      return `${name}: ${fault}`;
    }
  }
  return undefined;
}
