/** systemd itself, as org.freedesktop.systemd1(5) has it. All methods throw BackendError as Bus.call does. */
import type { Bus } from './bus/bus.ts';
import type { SignalMatch } from './bus/calls.ts';
import { createOrder, MANAGER_PATH, PROPERTIES, SYSTEMD1 } from './systemd1/calls.ts';
import { createUnitFiles } from './systemd1/unit-files.ts';
import { createUnitLife } from './systemd1/unit-life.ts';
import { createUnitViews, type ListedUnit } from './systemd1/unit-views.ts';
import { unitPath } from './unit-name.ts';

export { SYSTEMD1 } from './systemd1/calls.ts';
export type { ListedUnit, UnitInterface } from './systemd1/unit-views.ts';

/**
 * Whether nothing of it runs, or is about to. On its way to a restart, a reboot of a machine most often, a unit is inactive for a moment: then it has
 * a job that starts it.
 */
export function isUnitDown(unit: ListedUnit | undefined): boolean {
  return unit === undefined || ((unit.active === 'inactive' || unit.active === 'failed') && unit.job === '');
}

export type Systemd1 = ReturnType<typeof createSystemd1>;

export function createSystemd1(bus: Bus) {
  const order = createOrder(bus);
  return { ...createUnitLife(bus, order), ...createUnitViews(bus), ...createUnitFiles(bus, order) };
}

/** Properties of a unit that changed: interface, dictionary of the changed ones, names of the others. Needs `subscribe`. */
export function unitChanges(unit: string): SignalMatch {
  return { sender: SYSTEMD1, interface: PROPERTIES, member: 'PropertiesChanged', path: unitPath(unit) };
}

/** Of all units. */
export const anyUnitChanges: SignalMatch = {
  sender: SYSTEMD1,
  interface: PROPERTIES,
  member: 'PropertiesChanged',
  pathNamespace: `${MANAGER_PATH}/unit`,
};
