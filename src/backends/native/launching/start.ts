/** A start: what is left of the last run goes, the host is made ready, then the helper launches the plan. */
import type { MachineHandle } from '../../backend.ts';
import { holdScope, SCOPE_PARENT } from '../cgroups/systemd-scope.ts';
import type { NativeContext } from '../context.ts';
import { launch } from '../launch.ts';
import { clearForStart } from '../life/preconditions.ts';
import type { Launched } from './answer.ts';
import type { Launcher } from './launcher.ts';
import { requireThawedMonitors } from './thawed-monitors.ts';

export async function startMachine(
  context: NativeContext,
  machine: MachineHandle,
  launcher: Launcher,
): Promise<Launched> {
  const { layout, cgroupParent, apparmor } = context.host();
  await clearForStart(machine, context.status(machine), context.view());
  requireThawedMonitors(layout, cgroupParent);
  if (machine.spec.apparmor === 'default' && apparmor === 'ready') await loadProfile(machine);
  const release = cgroupParent === SCOPE_PARENT ? await holdScope(layout) : undefined;
  try {
    return await launch(machine, await context.encodedPlan(machine), launcher);
  } finally {
    release?.();
  }
}

/** Loaded lazily: most of the time, on many hosts always, there is nothing to load. */
async function loadProfile({ spec }: MachineHandle): Promise<void> {
  const [{ loadProfile: load }, { profileOf }] = await Promise.all([
    import('../apparmor/load.ts'),
    import('../apparmor/profile.ts'),
  ]);
  load(profileOf(spec));
}
