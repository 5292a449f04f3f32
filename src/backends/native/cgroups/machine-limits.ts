/** The limits of a machine: the files of its groups, and the programs that guard its devices and mark its packets. */
import { BackendError, type BindMount, type MachineHandle, type MachineSpec } from '../../backend.ts';
import type { CgroupLimits, LimitName, LimitsInForce } from '../../limits.ts';
import type { HostFacts } from '../host-facts.ts';
import type { Operation } from '../operations.ts';
import { changeGuard, guardedGroup, guardOperations, readGuard } from './devices/device-guard.ts';
import { formatRule } from './devices/device-rule.ts';
import { allowedInForce } from './devices/in-force.ts';
import { startedBinds } from './devices/started-binds.ts';
import { ALL_DEVICES, wantedRules } from './devices/wanted-rules.ts';
import { changeLimits, readLimits } from './live-limits.ts';
import { markChange, markOperations, marksInForce } from './marks/machine-marks.ts';

/**
 * What the kernel runs for the groups of a start, and v1's lists of devices.
 * @throws BackendError 'unsupported' if devices are named and cannot be guarded here, or are not there; for marks without a program
 */
export function programOperations(spec: MachineSpec, host: HostFacts): readonly Operation[] {
  return [...deviceOperations(spec, host), ...markOperations(spec, host)];
}

function deviceOperations({ name, limits, binds }: MachineSpec, host: HostFacts): readonly Operation[] {
  const guarded = guardedGroup(host, name);
  if (guarded === undefined) {
    requireNone(limits);
    return [];
  }
  return guardOperations(guarded, rulesFor(limits, binds, host));
}

function rulesFor(limits: CgroupLimits, binds: readonly BindMount[], host: HostFacts) {
  return wantedRules(limits['devices.allow'] ?? {}, binds, host.hostDevices);
}

/** Nothing is refused without a guard, so nothing can be allowed. */
function requireNone({ 'devices.allow': allowed = {} }: CgroupLimits): void {
  if (Object.keys(allowed).length === 0 || allowed[ALL_DEVICES] !== undefined) return;
  throw new BackendError('unsupported', 'devices.allow: nothing guards devices on this host', {
    hint: 'It needs a cgroup v2 tree or the devices controller of v1, and no user namespace around us. Leave it out.',
  });
}

/**
 * Makes what `after` says of the named limits true of a live machine, all or none.
 * @throws BackendError 'unsupported', 'failed'; then nothing is changed
 */
export function changeMachineLimits(
  machine: MachineHandle,
  after: CgroupLimits,
  names: readonly LimitName[],
  host: HostFacts,
  helperPath: string,
): void {
  const { name, limits } = machine.spec;
  const guard = names.includes('devices.allow') ? guardChange(machine, after, host, helperPath) : undefined;
  const mark = markChange(machine, after, names, host, helperPath);
  const last = () => bothOrNone(guard, mark);
  changeLimits(host.layout, host.cgroupParent, name, limits, after, names, last);
}

/** @param first returns what takes it back */
function bothOrNone(first: (() => () => void) | undefined, second: (() => void) | undefined): void {
  const takeBack = first?.();
  try {
    second?.();
  } catch (error) {
    takeBack?.();
    throw error;
  }
}

function guardChange(machine: MachineHandle, after: CgroupLimits, host: HostFacts, helperPath: string) {
  const guarded = guardedGroup(host, machine.spec.name);
  if (guarded === undefined) {
    requireNone(after);
    return undefined;
  }
  const rules = rulesFor(after, startedBinds(machine), host);
  return () => changeGuard(guarded, rules, helperPath);
}

/** As Inspection has it, of a live machine. */
export function devicesLoaded(
  { spec }: MachineHandle,
  host: HostFacts,
  helperPath: string,
): readonly string[] | null {
  const guarded = guardedGroup(host, spec.name);
  const rules = guarded === undefined ? undefined : readGuard(guarded, helperPath);
  if (rules === undefined) return null;
  return rules === 'all' ? [ALL_DEVICES] : rules.map(formatRule);
}

/** Of a live machine. */
export function machineLimitsInForce(
  machine: MachineHandle,
  host: HostFacts,
  helperPath: string,
): LimitsInForce {
  const { name, limits } = machine.spec;
  const all = [
    readLimits(host.layout, host.cgroupParent, name, limits),
    guardInForce(machine, host, helperPath),
    marksInForce(machine, host, helperPath),
  ].filter((found) => found !== undefined);
  return {
    limits: Object.assign({}, ...all.map((found) => found.limits)),
    different: all.flatMap((found) => found.different),
  };
}

function guardInForce(
  machine: MachineHandle,
  host: HostFacts,
  helperPath: string,
): LimitsInForce | undefined {
  const { name, limits } = machine.spec;
  const guarded = guardedGroup(host, name);
  const rules = guarded === undefined ? undefined : readGuard(guarded, helperPath);
  if (rules === undefined) return undefined;
  const { now, same } = allowedInForce(
    limits['devices.allow'] ?? {},
    startedBinds(machine),
    rules,
    host.hostDevices,
  );
  return { limits: { 'devices.allow': now }, different: same ? [] : ['devices.allow'] };
}
