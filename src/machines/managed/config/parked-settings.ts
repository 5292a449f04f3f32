/**
 * Limits and autostart of a machine in the trash: its unit's must go, or the next machine of the name would have them. Meanwhile they stand
 * in its settings file, as JSON.
 */
import * as v from 'valibot';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { OWN_SECTION } from '../../../backends/manager/settings.ts';
import { limitsSchema } from '../../config/limits-schema.ts';
import {
  clearUnitSettings,
  readUnitSettings,
  type UnitSettings,
  writeUnitSettings,
} from './unit-settings.ts';

const KEY = 'UnitSettings';

const schema = v.strictObject({ limits: limitsSchema, enabled: v.boolean() });

/** Of a machine that is down, and goes to the trash. Returns what takes it back. */
export async function parkUnitSettings(manager: Manager, name: string): Promise<() => Promise<void>> {
  const present = await readUnitSettings(manager, name);
  if (!present.enabled && Object.keys(present.limits).length === 0) return async () => {};
  await writePark(manager, name, [JSON.stringify(present)]);
  await clearUnitSettings(manager, name);
  return () => unparkUnitSettings(manager, name);
}

/** Of one that is back, by whatever name: done last of all. May be repeated. */
export async function unparkUnitSettings(manager: Manager, name: string): Promise<void> {
  const [written] = manager.settings.values(await manager.settings.read(name), OWN_SECTION, KEY).slice(-1);
  if (written === undefined) return;
  const parked = parse(written);
  if (parked !== undefined) await writeUnitSettings(manager, name, parked);
  await writePark(manager, name, []);
}

async function writePark({ settings }: Manager, name: string, values: readonly string[]): Promise<void> {
  const text = await settings.read(name);
  await settings.write(name, settings.changed(text, [{ section: OWN_SECTION, key: KEY, values }]));
}

/** A person may have edited it: what cannot be read is as if it was not there. */
function parse(written: string): UnitSettings | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(written));
    return result.success ? (result.output as UnitSettings) : undefined;
  } catch {
    return undefined;
  }
}
