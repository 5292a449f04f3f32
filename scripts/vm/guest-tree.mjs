/** The guest's file system: Debian with systemd, the host's Node, our one service, as an ext4 image. */
import { appendFileSync, chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { diskSize, guestPackages, loadedModules, maskedUnits } from './parts.mjs';

const guest = join(import.meta.dirname, 'guest');

/** Installs the packages into `root`, which must not exist. */
export function installPackages(codename, sources, root) {
  run('mmdebstrap', [
    ...['--variant=minbase', '--format=directory', `--include=${guestPackages.join(',')}`],
    ...['--aptopt=Acquire::Retries "3"', '--dpkgopt=path-exclude=/usr/share/doc/*'],
    ...['--dpkgopt=path-exclude=/usr/share/locale/*', '--dpkgopt=path-exclude=/usr/share/man/*'],
    ...[codename, root, sources],
  ]);
}

/** What makes it ours. */
export function furnish(root) {
  const write = (path, text) => writeFileSync(join(root, path), text);
  write('etc/hostname', 'tsmachine-vm\n');
  write('etc/hosts', '127.0.0.1 localhost tsmachine-vm\n');
  write('etc/fstab', '');
  // 32 digits: else systemd takes this for a first boot and enables everything anew.
  write('etc/machine-id', `${'7'.repeat(32)}\n`);
  write('etc/modules-load.d/tsmachine-vm.conf', `${loadedModules.join('\n')}\n`);
  appendFileSync(join(root, 'etc/systemd/journald.conf'), 'Storage=volatile\n');
  run('chroot', [root, 'passwd', '-d', 'root']);

  cpSync(process.execPath, join(root, 'usr/bin/node'), { dereference: true });
  mkdirSync(join(root, 'usr/lib/tsmachine-vm'));
  cpSync(join(guest, 'job'), join(root, 'usr/lib/tsmachine-vm/job'));
  chmodSync(join(root, 'usr/lib/tsmachine-vm/job'), 0o755);
  const units = join(root, 'etc/systemd/system');
  cpSync(join(guest, 'tsmachine-vm.service'), join(units, 'tsmachine-vm.service'));
  symlinkSync('/lib/systemd/system/multi-user.target', join(units, 'default.target'));
  run('chroot', [root, 'systemctl', 'enable', 'tsmachine-vm.service']);
  run('chroot', [root, 'systemctl', 'mask', ...maskedUnits]);
}

export function makeDisk(root, image) {
  rmSync(image, { force: true });
  run('mke2fs', ['-q', '-t', 'ext4', '-L', 'root', '-m', '0', '-d', root, image, diskSize]);
}
