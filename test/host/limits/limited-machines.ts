/** Machines with limits, through the native backend alone, and what the kernel's files say of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { MachineHandle, MachineSpec } from '../../../src/backends/backend.ts';
import type { CgroupLimits, FileLimitName, LimitName } from '../../../src/backends/limits.ts';
import { readLayout } from '../../../src/backends/native/cgroups/layout.ts';
import { placeLimit } from '../../../src/backends/native/cgroups/limits.ts';
import { createNativeHost, type NativeHost } from '../native-machine.ts';

export const SIGKILLED = 137;
export const MIB = 1024 ** 2;
export const layout = readLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
/** Whether the limits of memory and processors are in v2. */
export const isUnified = layout.kind === 'unified';

export interface LimitedMachines {
  readonly host: () => NativeHost;
  started(limits: CgroupLimits, change?: Partial<MachineSpec>): Promise<MachineHandle>;
  /** Changes a running machine to these limits; returns what it is then. */
  set(machine: MachineHandle, limits: CgroupLimits): MachineHandle;
  /** What a file of the limit's controller says of the machine's own group. */
  groupFile(machine: MachineHandle, limit: FileLimitName, files: { v1: string; v2: string }): string;
  shell(machine: MachineHandle, script: string): Promise<{ exitCode: number; text: string; errors: string }>;
  /** Runs it in the background, for as long as the machine runs. */
  begin(machine: MachineHandle, script: string): Promise<void>;
  /** Passes if the kernel goes by what is set. */
  expectInForce(machine: MachineHandle): void;
}

/** For a whole file of tests. */
export function withLimitedMachines(prefix: string): LimitedMachines {
  let host: NativeHost;
  let count = 0;
  beforeAll(() => {
    host = createNativeHost();
  });
  afterAll(() => host.remove());
  const shell: LimitedMachines['shell'] = async (machine, script) => {
    const { exitCode, stdout, stderr } = await host.run(machine, 'sh', '-c', script);
    return { exitCode, text: stdout.toString(), errors: stderr.toString() };
  };
  return {
    host: () => host,
    shell,
    async started(limits, change = {}) {
      count += 1;
      const machine = await host.create(`${prefix}${count}`, { limits, ...change });
      await host.backend.start(machine);
      return machine;
    },
    set(machine, limits) {
      const names = [...Object.keys(machine.spec.limits), ...Object.keys(limits)] as LimitName[];
      host.backend.changeLimits(machine, limits, [...new Set(names)]);
      return { ...machine, spec: { ...machine.spec, limits } };
    },
    groupFile({ spec }, limit, { v1, v2 }) {
      const { group } = placeLimit(layout, host.parent, spec.name, limit);
      return readFileSync(join(group, isUnified ? v2 : v1), 'latin1');
    },
    async begin(machine, script) {
      const { exitCode, errors } = await shell(machine, `(${script}) </dev/null >/dev/null 2>&1 &`);
      expect(errors).toBe('');
      expect(exitCode).toBe(0);
    },
    expectInForce: (machine) => expect(host.backend.limitsInForce(machine)?.different).toEqual([]),
  };
}

/** The number behind a name in a file of such lines. */
export function numberIn(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
