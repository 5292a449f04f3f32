/** Machines of systemd-nspawn. Those that cases begin with are made and started by others, as machinectl does it. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machines } from '../../../src/machines/machines.ts';
import type { NspawnHost } from '../../host/nspawn/nspawn-host.ts';
import { nspawnDisk } from '../../setup/nspawn-host.ts';
import type { World } from '../world.ts';

export function createNspawnWorld(host: NspawnHost, machines: Machines): World {
  let count = 0;
  const newName = () => `contract-${++count}`;
  const make = async (name = newName()) => {
    await host.busyboxImage(name);
    return name;
  };
  const started = async (name: string) => {
    await host.machinectl('start', name);
    return name;
  };
  const boot = async (name = newName()) => started(await make(name));
  let shared: Promise<string> | undefined;
  let large: Promise<string> | undefined;
  const pathIn = (name: string, path: string) => join('/var/lib/machines', name, path);
  return {
    name: 'nspawn',
    machines,
    template: 'busybox',
    newName,
    make,
    boot,
    shared: () => (shared ??= boot()),
    withConsole: () => (large ??= host.debianImage('with-console').then(() => started('with-console'))),
    async halt(name) {
      await host.machinectl('terminate', name);
      // Waits for the end that has begun.
      await host.run('systemctl', 'stop', `systemd-nspawn@${name}`);
    },
    async write(name, path, text) {
      writeFileSync(pathIn(name, path), text);
      // btrfs counts what a tree has on disk once it is there.
      await host.run('sync', '--file-system', pathIn(name, path));
    },
    withHostname: (text, hostname) => `${text}\n[Exec]\nHostname=${hostname}\n`,
    read: async (name, path) =>
      existsSync(pathIn(name, path)) ? readFileSync(pathIn(name, path), 'utf8') : undefined,
    // Not of the test host's own overlay, which no machine with users of its own can have bound.
    folder: () => mkdtempSync(join(nspawnDisk, 'contract-')),
    cli: host.cli,
  };
}
