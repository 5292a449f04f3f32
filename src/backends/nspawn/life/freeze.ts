/** Freezing, by the unit that the machine runs in: systemd answers when the kernel has confirmed it. */
import { BackendError } from '../../backend.ts';
import type { NspawnContext } from '../context.ts';
import { requireRunning } from './running.ts';

export async function freezeMachine(context: NspawnContext, name: string, timeoutMs: number): Promise<void> {
  const { systemd1 } = context;
  const { unit } = await requireRunning(context, name);
  await requireFreezer(context, unit);
  try {
    await systemd1.freezeUnit(unit, timeoutMs);
  } catch (error) {
    if (error instanceof BackendError && error.code === 'timeout') {
      // What hangs in the kernel may keep this from being confirmed too; the error below says where to look.
      await systemd1.thawUnit(unit, timeoutMs).catch(() => {});
      throw new BackendError(
        'timeout',
        `${name} was not frozen within ${timeoutMs / 1000} s, and is thawed again`,
        {
          hint: 'a process of it may hang in the kernel (state D): see `tsmachine inspect`',
          cause: error,
        },
      );
    }
    throw error;
  }
}

export async function thawMachine(context: NspawnContext, name: string, timeoutMs: number): Promise<void> {
  const { unit } = await requireRunning(context, name);
  await context.systemd1.thawUnit(unit, timeoutMs);
}

/** Of systemd 246 and later, where the host has cgroup v2 alone. */
async function requireFreezer({ systemd1 }: NspawnContext, unit: string): Promise<void> {
  const canFreeze = await systemd1.unitProperty(unit, 'Unit', 'CanFreeze').catch((error) => {
    if (error instanceof BackendError && error.code === 'unsupported') return false;
    throw error;
  });
  if (canFreeze === true) return;
  throw new BackendError('unsupported', 'systemd cannot freeze units on this host', {
    hint: 'it takes systemd 246 or later, and a host with cgroup v2 alone (systemd.unified_cgroup_hierarchy=1 on the kernel command line)',
  });
}
