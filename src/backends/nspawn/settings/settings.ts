/** How machines of systemd-nspawn are set: settings files, and properties of their units. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BackendError } from '../../backend.ts';
import type { ManagedSettings } from '../../manager/settings.ts';
import type { NspawnContext } from '../context.ts';
import { unitOfMachine } from '../unit-name.ts';
import { changeText, readValues } from './change-text.ts';
import { countingText, countingTexts } from './counting-text.ts';
import { limitsInForce } from './limits-in-force.ts';
import { ownLimits } from './own-limits.ts';
import { settingsFaults } from './settings-faults.ts';
import { hostPlaces, writeSettings } from './settings-files.ts';
import { limitsOf, propertiesOf } from './unit-limits.ts';

/** Where SetUnitProperties keeps what it is told, until the next boot or for good: org.freedesktop.systemd1(5). */
const controlFolders = ['/run/systemd/system.control', '/etc/systemd/system.control'] as const;

/** No machine has this name: its unit says what that of all says. */
const NOBODY = '-';

export function createSettings({ systemd1 }: Pick<NspawnContext, 'systemd1'>): ManagedSettings {
  const service = (name: string) => systemd1.unitProperties(unitOfMachine(name), 'Service');

  return {
    read: async (name) => countingText(hostPlaces, name),
    readAll: async (names) => countingTexts(hostPlaces, names),
    values: readValues,
    changed: changeText,
    faults: settingsFaults,
    write: async (name, text) => writeSettings(hostPlaces, name, text),
    storedLimits: async (name) => limitsOf(await service(name)),
    ownLimits: async (name) => {
      if (await hasNoFilesOfItsOwn(systemd1, name)) return {};
      const [properties, common] = await Promise.all([service(name), service(NOBODY)]);
      return ownLimits(properties, common);
    },
    limitsInForce: async (name) => limitsInForce(await service(name)),
    changeLimits: async (name, limits, names) => {
      const properties = propertiesOf(limits, names);
      if (properties.length > 0) await systemd1.setUnitProperties(unitOfMachine(name), false, properties);
    },
    forgetLimits: async (name) => {
      const forgotten = controlFolders.map((folder) =>
        removeFolder(join(folder, `${unitOfMachine(name)}.d`)),
      );
      if (forgotten.includes(true)) await systemd1.reload();
    },
  };
}

/** Whatever is set of a unit is in one of its files, as soon as it is set; what has the same files says the same.  */
async function hasNoFilesOfItsOwn(
  { unitProperty }: NspawnContext['systemd1'],
  name: string,
): Promise<boolean> {
  const filesOf = (one: string) =>
    Promise.all(
      ['FragmentPath', 'DropInPaths'].map((property) => unitProperty(unitOfMachine(one), 'Unit', property)),
    );
  const [own, common] = await Promise.all([filesOf(name), filesOf(NOBODY)]);
  return isDeepStrictEqual(own, common);
}

/** False: there was none. */
function removeFolder(path: string): boolean {
  try {
    rmSync(path, { recursive: true });
    return true;
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    throw new BackendError(
      code === 'EACCES' ? 'permission' : 'failed',
      `cannot remove ${path}: ${code ?? cause}`,
      {
        path,
        ...(code === undefined ? {} : { errno: code }),
        ...(syscall === undefined ? {} : { syscall }),
        cause,
      },
    );
  }
}
