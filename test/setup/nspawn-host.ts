/**
 * Makes a host ready for the tests of the nspawn backend, once a run: the machine of `npm run test:nspawn`, or the virtual machine. Refuses any
 * other: these tests remove every machine and image that systemd-machined has.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The whole btrfs; its folder `machines` is mounted at /var/lib/machines, the rest is for trees that images are cloned from. */
export const nspawnDisk = '/var/lib/tsmachine-test';

/** False: they are plain directories, as on most file systems. */
export const imagesAreSubvolumes = process.env['TSMACHINE_TEST_IMAGES'] !== 'directories';

/** Throws on a host that is not there for these tests. */
export function requireTestHost(): void {
  if (['nspawn', 'vm'].includes(process.env['TSMACHINE_TEST_HOST'] ?? '')) return;
  throw new Error('these tests remove all machines of systemd-machined: run them by `npm run test:nspawn`');
}

export function setup(): void {
  requireTestHost();
  if (imagesAreSubvolumes && !isMounted('/var/lib/machines')) makeDisk();
  mkdirSync(nspawnDisk, { recursive: true });
  // The host of the test host may have a hybrid layout, by which systemd 252 would decide what a machine gets.
  const folder = '/etc/systemd/system/systemd-nspawn@.service.d';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'unified.conf'), '[Service]\nEnvironment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1\n');
  mkdirSync('/etc/systemd/nspawn', { recursive: true });
  execFileSync('systemctl', ['daemon-reload']);
}

function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path);
}

/** The virtual machine has none. */
function makeDisk(): void {
  const image = '/var/lib/tsmachine-test.img';
  writeFileSync(image, '');
  truncateSync(image, 4 * 2 ** 30);
  execFileSync('mkfs.btrfs', ['--quiet', image]);
  mkdirSync(nspawnDisk, { recursive: true });
  execFileSync('mount', ['--options', 'loop', image, nspawnDisk]);
  execFileSync('btrfs', ['quota', 'enable', nspawnDisk]);
  const machines = join(nspawnDisk, 'machines');
  for (const path of [machines, '/var/lib/machines']) mkdirSync(path, { recursive: true, mode: 0o700 });
  execFileSync('mount', ['--bind', machines, '/var/lib/machines']);
  if (!existsSync('/run/systemd/system')) throw new Error('systemd is not the init of this host');
}
