/** What of a machine's settings stands elsewhere than in its settings file: limits and autostart, which are its unit's, and the size of its image. */
import type { CgroupLimits, LimitName } from '../../../backends/limits.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { MachineConfig } from '../../config/config-schema.ts';

export interface UnitSettings {
  readonly limits: CgroupLimits;
  readonly enabled: boolean;
}

export async function readUnitSettings({ settings, life }: Manager, name: string): Promise<UnitSettings> {
  const [limits, enabled] = await Promise.all([settings.ownLimits(name), life.isEnabled(name)]);
  return { limits, enabled };
}

/** Of a machine that is down, and has none of its own yet. @param isEnabled for who has asked already */
export async function writeUnitSettings(
  { settings, life }: Manager,
  name: string,
  wanted: UnitSettings,
  isEnabled = () => life.isEnabled(name),
): Promise<void> {
  const names = Object.keys(wanted.limits) as LimitName[];
  if (names.length > 0) await settings.changeLimits(name, wanted.limits, names);
  if ((await isEnabled()) !== wanted.enabled) await life.setEnabled(name, wanted.enabled);
}

/** A machine that gets the name later must not find them. */
export async function clearUnitSettings({ settings, life }: Manager, name: string): Promise<void> {
  await settings.forgetLimits(name);
  if (await life.isEnabled(name)) await life.setEnabled(name, false);
}

export function unitSettingsOf({ limits, autostart }: MachineConfig): UnitSettings {
  return { limits, enabled: autostart?.enabled === true };
}

export async function writeSize({ images }: Manager, name: string, { disk }: MachineConfig): Promise<void> {
  if (disk !== undefined) await images.setSizeLimit(name, disk.maxBytes);
}
