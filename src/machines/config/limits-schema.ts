/** The stored limits of cgroups: what the keys (keys/limit-keys.ts) write, and nothing else. */
import * as v from 'valibot';
import {
  type Bounds,
  burstUsec,
  classId,
  cpuPeriodUsec,
  cpuQuotaUsec,
  ioRate,
  isWithin,
  memoryBytes,
  netPriority,
  pressureWindowUsec,
  protectedBytes,
  swapBytes,
  taskCount,
  weight,
} from '../values/bounds.ts';
import { isDeviceName, parseDeviceAccess } from '../values/device-names.ts';
import { isInterface } from '../values/interface-name.ts';
import { parseMembers } from '../values/number-lists.ts';
import { later } from './made-later.ts';

/** A whole number. */
export function within(bounds: Bounds) {
  return v.pipe(
    v.number(),
    v.safeInteger(),
    v.check(
      (number) => isWithin(number, bounds),
      ({ input }) => `${input} is not within ${bounds.least} to ${bounds.most}`,
    ),
  );
}

function amount(bounds: Bounds) {
  return v.union([within(bounds), v.literal('max')]);
}

export function pressureSchema() {
  // A stall that is longer than the window never comes.
  const threshold = v.pipe(
    v.strictObject({
      share: v.picklist(['some', 'full']),
      stallUsec: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      windowUsec: within(pressureWindowUsec),
    }),
    v.check(({ stallUsec, windowUsec }) => stallUsec <= windowUsec, 'must not wait longer than its window'),
  );
  return v.strictObject({
    memory: v.exactOptional(threshold),
    cpu: v.exactOptional(threshold),
    io: v.exactOptional(threshold),
  });
}

type Limits = v.InferOutput<ReturnType<typeof allLimits>>;

const noLimits = v.custom<Limits>(isEmpty);
const someLimits = later(allLimits);

/** Most machines have none. */
export const limitsSchema = v.lazy((limits) => (isEmpty(limits) ? noLimits : someLimits));

function isEmpty(limits: unknown): boolean {
  return (
    typeof limits === 'object' &&
    limits !== null &&
    !Array.isArray(limits) &&
    Object.keys(limits).length === 0
  );
}

function members() {
  return v.pipe(
    v.string(),
    v.check((list) => parseMembers(list) === list, 'must be a list such as 0-3,7'),
  );
}

function device() {
  return v.pipe(
    v.string(),
    v.regex(/^(?:\d+:\d+|\/[^\s=]+)$/, 'must be MAJOR:MINOR or the path of a block device'),
  );
}

function ioRates() {
  const rate = v.exactOptional(within(ioRate));
  return v.strictObject({ rbps: rate, wbps: rate, riops: rate, wiops: rate });
}

function deviceName() {
  return v.pipe(
    v.string(),
    v.check(isDeviceName, 'must be a device such as /dev/kvm, c 10:232, char-input or a'),
  );
}

function deviceAccess() {
  return v.pipe(
    v.string(),
    v.check((text) => parseDeviceAccess(text) === text, 'must be of the letters r, w and m, in this order'),
  );
}

function allLimits() {
  return v.strictObject({
    'memory.max': v.exactOptional(amount(memoryBytes)),
    'memory.high': v.exactOptional(amount(memoryBytes)),
    'memory.low': v.exactOptional(amount(protectedBytes)),
    'memory.min': v.exactOptional(amount(protectedBytes)),
    'memory.swap.max': v.exactOptional(amount(swapBytes)),
    'memory.oom.group': v.exactOptional(v.boolean()),
    'cpu.weight': v.exactOptional(within(weight)),
    'cpu.max': v.exactOptional(
      v.strictObject({
        quotaUsec: amount(cpuQuotaUsec),
        periodUsec: within(cpuPeriodUsec),
      }),
    ),
    'cpu.max.burst': v.exactOptional(within(burstUsec)),
    'cpu.idle': v.exactOptional(v.boolean()),
    'cpuset.cpus': v.exactOptional(members()),
    'cpuset.mems': v.exactOptional(members()),
    'io.weight': v.exactOptional(within(weight)),
    'io.max': v.exactOptional(v.record(device(), ioRates())),
    'devices.allow': v.exactOptional(v.record(deviceName(), deviceAccess())),
    'net_cls.classid': v.exactOptional(within(classId)),
    'net_prio.ifpriomap': v.exactOptional(
      v.record(v.pipe(v.string(), v.check(isInterface, 'must be a network interface')), within(netPriority)),
    ),
    'pids.max': v.exactOptional(amount(taskCount)),
    'hugetlb.max': v.exactOptional(
      v.record(
        v.pipe(v.string(), v.regex(/^\d+[KMG]B$/, 'must be a size of page such as 2MB')),
        amount(protectedBytes),
      ),
    ),
  });
}
