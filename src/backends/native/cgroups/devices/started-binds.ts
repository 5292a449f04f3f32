import { readFileSync } from 'node:fs';
import type { BindMount, MachineHandle } from '../../../backend.ts';
import { ROOT_SLOT } from '../../plan/root.ts';
import { decodeRecords } from '../../records.ts';

/** What was bound into a machine when it was started: its config may have changed since, what it has not. */
export function startedBinds({ directory, spec }: MachineHandle): readonly BindMount[] {
  try {
    return decodeRecords(readFileSync(`${directory}/plan`))
      .filter(({ name, arguments: [slot] }) => name === 'tree' && slot !== ROOT_SLOT)
      .map(({ arguments: [, , mode, source = '', devices] }) => ({
        source,
        path: '',
        readOnly: mode === 'read-only',
        devices: devices !== undefined,
      }));
  } catch {
    return spec.binds;
  }
}
