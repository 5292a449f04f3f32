/**
 * Whether it is worth asking for machines of systemd-nspawn at all: a look at two files, for every command on every host. It loads nothing
 * of what speaks D-Bus, and says nothing of whether anybody answers.
 */
import { existsSync } from 'node:fs';

export interface ReachablePlaces {
  readonly socket: string;
  /** Where files of services that the system bus starts are: dbus-daemon(1), standard_system_servicedirs. */
  readonly serviceFolders: readonly string[];
}

const usualPlaces: ReachablePlaces = {
  socket: '/run/dbus/system_bus_socket',
  serviceFolders: ['/usr/share', '/usr/local/share', '/lib', '/run/current-system/sw/share'].map(
    (folder) => `${folder}/dbus-1/system-services`,
  ),
};

const SERVICE = 'org.freedesktop.machine1.service';

export function isReachable(
  environment: Readonly<Record<string, string | undefined>>,
  { socket, serviceFolders }: ReachablePlaces = usualPlaces,
): boolean {
  const hasBus = (environment['DBUS_SYSTEM_BUS_ADDRESS'] ?? '') !== '' || existsSync(socket);
  return hasBus && serviceFolders.some((folder) => existsSync(`${folder}/${SERVICE}`));
}
