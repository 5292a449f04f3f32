/** User data of a machine with systemd: what it names is there before systemd looks, commands come when all has started. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { debianMachine, debianWords, MAKING_MS } from './debian-machine.ts';

const host = withRoot();
const { sh } = debianMachine(host, 'deb');

const userData = `#cloud-config
hostname: first
timezone: Etc/UTC
users:
  - name: ann
    groups: [sudo]
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    ssh_authorized_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@here"]
write_files:
  - path: /etc/systemd/system/early.service
    content: |
      [Service]
      Type=oneshot
      RemainAfterExit=yes
      ExecStart=/bin/sh -c 'id -un ann > /root/early'
  - path: /etc/systemd/system/multi-user.target.d/early.conf
    content: |
      [Unit]
      Wants=early.service
runcmd:
  - systemctl is-system-running > /root/state
  - su ann -c 'sudo -n id -u' >> /root/state
`;

it(
  "is carried out before systemd begins and after it has booted, with Debian's own tools",
  async () => {
    writeFileSync(join(host.root, 'user-data'), userData);
    const [template = '', ...words] = debianWords(host).slice(1);
    await host.done([
      ...['create', 'deb', '--start', '--user-data', join(host.root, 'user-data'), '-t', template],
      ...words,
    ]);
    expect(await sh('hostname; cat /root/early /root/state; cat /proc/1/comm')).toBe(
      'first\nann\nrunning\n0\nsystemd',
    );
    expect(
      await sh('id -nG ann; stat -c %U:%a /home/ann/.ssh/authorized_keys; readlink /etc/localtime'),
    ).toMatch(/\bsudo\b.*\nann:600\n\/usr\/share\/zoneinfo\/Etc\/UTC$/);
    expect(await sh('systemctl list-units --failed --quiet --plain')).toBe('');
    expect(await host.done(['info', 'deb'])).toMatch(/first boot +done$/m);
    await host.done(['stop', 'deb']);
    await host.done(['start', 'deb', '--wait']);
    expect(await sh('wc -l < /root/state')).toBe('2');
  },
  MAKING_MS,
);

/** An archive of one package, as apt takes it: what Debian's mirrors have, without a network. */
function makeArchive(folder: string): void {
  const tree = join(folder, 'greeting');
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  const control =
    'Package: greeting\nVersion: 1.0\nArchitecture: all\nMaintainer: Ann <ann@example.org>\nDescription: says hello\n';
  writeFileSync(join(tree, 'DEBIAN/control'), control);
  writeFileSync(join(tree, 'usr/bin/greeting'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
  const run = (program: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: folder });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout;
  };
  run('dpkg-deb', '--build', '--root-owner-group', 'greeting', 'greeting.deb');
  const [sum = ''] = run('sha256sum', 'greeting.deb').split(' ');
  const { size } = statSync(join(folder, 'greeting.deb'));
  writeFileSync(
    join(folder, 'Packages'),
    `${control}Filename: ./greeting.deb\nSize: ${size}\nSHA256: ${sum}\n`,
  );
}

it(
  'installs packages by apt, from the sources that it writes before',
  async () => {
    const archive = join(host.root, 'archive');
    makeArchive(archive);
    const userDataFile = join(host.root, 'packages');
    writeFileSync(
      userDataFile,
      [
        '#cloud-config',
        'write_files:',
        '  - path: /etc/apt/sources.list',
        '    content: "deb [trusted=yes] file:/srv/archive ./\\n"',
        'packages: [greeting]',
        'runcmd: [greeting > /root/said]',
      ].join('\n'),
    );
    const [template = '', ...words] = debianWords(host).slice(1);
    await host.done([
      ...['create', 'packed', '--start', '--user-data', userDataFile],
      ...['--set', `bind=${archive}:/srv/archive:ro`, '-t', template, ...words],
    ]);
    const packed = debianMachine(host, 'packed');
    expect(await host.done(['info', 'packed'])).toMatch(/first boot +done$/m);
    expect(await packed.sh('cat /root/said; dpkg -s greeting | grep ^Status')).toBe(
      'hello\nStatus: install ok installed',
    );
  },
  MAKING_MS,
);
