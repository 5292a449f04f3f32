/** Which profile a machine is confined by. Pure. */
import { BackendError, type MachineSpec } from '../../backend.ts';
import type { HostFacts } from '../host-facts.ts';
import { profileOf } from './profile.ts';

/**
 * The name of the profile; undefined: none.
 * @throws BackendError 'unsupported' if a person named one, and this host cannot have any
 */
export function profileName(spec: MachineSpec, { apparmor }: HostFacts): string | undefined {
  if (spec.apparmor === 'off') return undefined;
  if (spec.apparmor === 'default') return apparmor === 'ready' ? profileOf(spec).name : undefined;
  if (apparmor !== 'absent') return spec.apparmor;
  throw new BackendError('unsupported', `there is no AppArmor here for the profile ${spec.apparmor}`, {
    hint: 'Set apparmor to default, which does without where there is none; see `tsmachine doctor`.',
  });
}
