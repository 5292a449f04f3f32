/** What images are copies of: subvolumes or directories beside /var/lib/machines, made when they are first asked for, once a run. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readApplets } from '../../../src/templates/busybox/applets.ts';
import { writeTree } from '../../../src/templates/busybox/tree.ts';
import { imagesAreSubvolumes, nspawnDisk } from '../../setup/nspawn-host.ts';
import { busyboxFolder } from '../../setup/test-run.ts';

export function busyboxTree(): Promise<string> {
  return prepared('busybox', async (target) => {
    const binary = join(busyboxFolder(), 'busybox');
    await writeTree(target, binary, await readApplets(binary, new AbortController().signal));
  });
}

/** The test host's own system, which is a Debian already, without what is there for the tests. */
export function debianTree(): Promise<string> {
  return prepared('debian', async (target) => {
    const left = ['proc/*', 'sys/*', 'dev/*', 'run/*', 'tmp/*', 'var/tmp/*', 'boot/*', 'project', 'job'];
    const large = ['usr/bin/node', 'usr/local/bin/node', 'lib/modules', 'usr/lib/modules', 'var/log/journal'];
    const identity = ['etc/machine-id', 'etc/hostname', 'etc/ssh/ssh_host_*', 'etc/systemd/nspawn/*'];
    const units = ['ssh.service', 'tsmachine-vm.service'].map(
      (unit) => `etc/systemd/system/multi-user.target.wants/${unit}`,
    );
    const excluded = [
      ...left,
      ...large,
      ...identity,
      ...units,
      'var/lib/machines',
      'var/lib/tsmachine-test*',
    ];
    execFileSync('sh', [
      '-c',
      `cd / && tar --one-file-system --warning=no-file-changed --anchored --wildcards ${excluded
        .map((path) => `'--exclude=./${path}'`)
        .join(' ')} -c . | tar -x -C "$0"`,
      target,
    ]);
    // Its host keys take longer to make than all else of a boot.
    for (const unit of ['ssh.service', 'ssh.socket']) {
      const path = join(target, 'etc/systemd/system', unit);
      rmSync(path, { force: true });
      symlinkSync('/dev/null', path);
    }
  });
}

async function prepared(name: string, fill: (target: string) => Promise<void>): Promise<string> {
  const path = join(nspawnDisk, name);
  if (existsSync(path)) return path;
  const begun = `${path}.new`;
  if (imagesAreSubvolumes) execFileSync('btrfs', ['subvolume', 'create', begun]);
  else mkdirSync(begun);
  await fill(begun);
  renameSync(begun, path);
  return path;
}
