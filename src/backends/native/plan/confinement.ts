import { BackendError, type MachineSpec } from '../../backend.ts';
import { profileName } from '../apparmor/choose.ts';
import { hasCapability, machineCapabilities } from '../capabilities.ts';
import type { HostFacts } from '../host-facts.ts';
import { type Operation, operation } from '../operations.ts';
import { seccompFilter } from '../seccomp/filters.ts';

/** From the hostname to the seccomp filter: everything that is set on init-to-be itself. */
export function confinement(spec: MachineSpec, host: HostFacts): readonly Operation[] {
  return [
    operation('hostname', spec.hostname),
    operation('loopback'),
    ...resourceLimits(spec),
    operation('umask', '022'),
    operation('working-directory', spec.init.workingDirectory),
    operation('groups', ...spec.init.user.groups),
    operation('user', spec.init.user.uid, spec.init.user.gid),
    operation('capabilities', ...machineCapabilities(spec).map(({ number }) => number)),
    ...securityProfile(spec, host),
    ...(spec.noNewPrivileges ? [operation('no-new-privileges')] : []),
    ...systemCallFilter(spec, host),
  ];
}

function resourceLimits(spec: MachineSpec): readonly Operation[] {
  return Object.entries(spec.rlimits)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { soft, hard }]) => operation('rlimit', name, soft, hard));
}

/** Before no-new-privileges, under which who is confined already cannot change profiles: apparmor(7). */
function securityProfile(spec: MachineSpec, host: HostFacts): readonly Operation[] {
  const profile = profileName(spec, host);
  return profile === undefined ? [] : [operation('apparmor', profile)];
}

function systemCallFilter(spec: MachineSpec, host: HostFacts): readonly Operation[] {
  if (spec.seccomp === 'off') return [];
  requireFilterRight(spec);
  return [
    operation('seccomp', seccompFilter(spec.nesting ? 'nesting' : 'default', host.arch).toString('hex')),
  ];
}

/** seccomp(2): a filter is loaded by CAP_SYS_ADMIN, or under no_new_privs; else EACCES at the last moment. */
function requireFilterRight(spec: MachineSpec): void {
  if (spec.noNewPrivileges || hasCapability(spec, 'sys_admin')) return;
  throw new BackendError('unsupported', 'a seccomp filter cannot be loaded without sys_admin', {
    hint: 'Keep the capability sys_admin, or set no-new-privileges to true, or seccomp to off.',
  });
}
