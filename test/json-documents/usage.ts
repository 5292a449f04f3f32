/** Lines of `top --json`: "Streams" of docs/json.md. */
import * as v from 'valibot';
import { backend } from './machine.ts';
import { amount, count, countOrNull, document, measure, share, text, textOrNull, time } from './values.ts';

const pressure = v.strictObject({ some: share, full: share });

const usage = {
  backend: v.exactOptional(backend),
  pid: countOrNull,
  frozen: v.nullable(v.boolean()),
  phase: v.nullable(v.picklist(['starting', 'running', 'stopping'])),
  cpu: v.strictObject({
    cores: measure,
    limitCores: amount,
    throttledShare: share,
    throttledSeconds: measure,
  }),
  memory: v.strictObject({
    bytes: countOrNull,
    limitBytes: amount,
    highBytes: amount,
    anonBytes: countOrNull,
    fileBytes: countOrNull,
    refaults: measure,
  }),
  swap: v.strictObject({ bytes: countOrNull, limitBytes: amount }),
  io: v.strictObject({ rbps: measure, wbps: measure, riops: measure, wiops: measure }),
  tasks: v.strictObject({ count: countOrNull, limit: amount }),
  network: v.strictObject({ rxBytes: measure, txBytes: measure }),
  pressure: v.strictObject({ cpu: pressure, memory: pressure, io: pressure }),
  constraints: v.array(
    v.strictObject({
      kind: v.picklist(['frozen', 'cpu.max', 'memory', 'swap', 'io', 'pids.max', 'cpu']),
      words: text,
    }),
  ),
};

const sample = {
  time,
  seconds: measure,
  host: v.strictObject({
    cores: count,
    busyCores: measure,
    memoryBytes: countOrNull,
    availableBytes: countOrNull,
  }),
};

export const usageOfMachines = document({
  ...sample,
  machines: v.array(v.strictObject({ name: text, ...usage })),
});

export const usageOfGroups = document({
  ...sample,
  groups: v.array(v.strictObject({ path: text, machine: textOrNull, ...usage })),
});
