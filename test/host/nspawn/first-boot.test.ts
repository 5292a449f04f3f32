/** What user data does on real machines of systemd-nspawn: once, and what changes files before their init. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { busyboxFolder } from '../../setup/test-run.ts';
import { withNspawnHost } from './nspawn-host.ts';
import { debianTree } from './prepared-trees.ts';

const { root, cli, done, machinectl, run, cleanUp } = withNspawnHost();
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@here';
const inside = (name: string, script: string) => done(['exec', name, '--', 'sh', '-c', script]);
const busybox = ['-t', 'busybox', '--', '--busybox', join(busyboxFolder(), 'busybox')];

afterEach(cleanUp);

function fileOf(text: string): string {
  const file = join(root, 'user-data');
  writeFileSync(file, text);
  return file;
}

const create = (name: string, text: string, ...words: readonly string[]) =>
  cli(['create', name, '--user-data', fileOf(text), ...words, ...busybox]);

const userData = `#cloud-config
hostname: first
ssh_authorized_keys: ["${KEY}"]
users:
  - {name: alice, gecos: Alice, groups: "users, wheel", uid: 1234, ssh_authorized_keys: ["${KEY}"]}
  - {name: bob, lock_passwd: false, passwd: "$6$salt$hash"}
write_files:
  - {path: /etc/rc.d/early, permissions: "0755", content: "#!/bin/sh\\n[ $1 = stop ] || echo $1 >> /root/early\\n"}
  - {path: /home/alice/file, owner: "alice:users", permissions: "0640", content: "it's $HOME"}
runcmd:
  - test -e /root/early && echo "after" >> /root/early
`;

describe('user data of a busybox machine', () => {
  it('is carried out at the first start, files before init, and never again', async () => {
    expect(await create('web', userData)).toMatchObject({ code: 0 });
    expect(await done(['info', 'web'])).toMatch(/first boot +\d+ steps to be done/);
    await done(['start', 'web']);
    expect(await inside('web', 'hostname; cat /root/early; cat /proc/1/comm')).toBe(
      'first\nstart\nafter\ninit\n',
    );
    expect(await inside('web', 'grep -h "^alice\\|^bob" /etc/passwd /etc/shadow')).toBe(
      'alice:x:1234:1234:Alice:/home/alice:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n' +
        'alice:!:19000:0:99999:7:::\nbob:$6$salt$hash:19000:0:99999:7:::\n',
    );
    const paths = '/home/alice/file /home/alice/.ssh/authorized_keys /root/.ssh';
    expect(await inside('web', `stat -c "%u:%g %a" ${paths}`)).toBe('1234:100 640\n1234:1234 600\n0:0 700\n');
    expect(await done(['events', 'web'])).toContain('first boot done');
    await done(['restart', 'web']);
    expect(await inside('web', 'cat /root/early')).toBe('start\nafter\nstart\n');
    // Nothing of it is left: hashes of passwords were in it.
    const [file = ''] = readdirSync(join(root, 'first-boots'));
    expect(readFileSync(join(root, 'first-boots', file), 'utf8')).not.toContain('salt');
    expect(readdirSync('/run/systemd/nspawn').filter((name) => name.startsWith('tsmachine-'))).toEqual([]);
    await done(['destroy', 'web', '--force', '--now']);
    expect(readdirSync(join(root, 'first-boots'))).toEqual([]);
  });

  it('is done in the confinement and with the ids of the machine, without a network', async () => {
    await create('web', '#cloud-config\nusers: [{name: alice}]\n');
    // What adds the user, of the machine's own, looks around.
    const look = 'cat /proc/self/uid_map; ls /sys/class/net; grep CapBnd /proc/self/status; hostname';
    writeFileSync('/var/lib/machines/web/bin/useradd', `#!/bin/sh\n{ ${look}; } > /root/look\n`, {
      mode: 0o755,
    });
    await cli(['start', 'web']);
    const [ids = '', ...rest] = (await inside('web', 'cat /root/look')).split('\n');
    expect(ids).toMatch(/^ *0 +[1-9]\d+ +65536$/);
    const capabilities = (await inside('web', 'grep CapBnd /proc/1/status')).trim();
    expect(rest).toEqual(['lo', capabilities, 'web', '']);
  });

  it('tells what failed and does the rest', async () => {
    const { code, stderr } = await cli([
      ...['create', 'bad', '--start', '--set', `user-data.ssh_authorized_keys=${KEY}`],
      ...['--set', 'user-data.timezone=None/Where', '--set', 'user-data.runcmd=touch /root/ran; exit 3'],
      ...busybox,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/time zone: exit code 1, .*None\/Where.*; runcmd: exit code 3/);
    expect(await inside('bad', 'ls /root/ran; cat /root/.ssh/authorized_keys')).toBe(`/root/ran\n${KEY}\n`);
    expect(await done(['info', 'bad'])).toMatch(/done; failed: time zone: exit code 1/);
    await done(['restart', 'bad']);
  });

  it('goes on in the next start where a machine ended under it', async () => {
    const script = '#!/bin/sh\ntest -e /root/again && exit 0\ntouch /root/again\nkill -USR2 1\nsleep 60\n';
    const { code, stderr } = await create('broken', script, '--start');
    expect(code).toBe(1);
    expect(stderr).toContain('broke off');
    await cli(['wait', 'broken', '--state', 'stopped']);
    expect(await done(['info', 'broken'])).toMatch(/first boot +\d+ steps? to be done/);
    await done(['start', 'broken']);
    expect(await done(['info', 'broken'])).toMatch(/first boot +done/);
  });

  it('waits where machinectl started the machine, and goes along with its rename', async () => {
    await create('web', userData.replace('test -e /root/early && ', ''));
    await machinectl('rename', 'web', 'shop');
    await machinectl('start', 'shop');
    expect(await done(['info', 'shop'])).toMatch(/first boot +\d+ steps to be done/);
    const { stderr } = await cli(['exec', 'shop', '--', 'true']);
    expect(stderr).toContain('the first boot of shop is not done yet');
    await done(['start', 'shop']);
    expect(await inside('shop', 'cat /home/alice/file; id -u bob')).toBe("it's $HOME1001\n");
    expect(await done(['info', 'shop'])).toMatch(/first boot +done/);
  });

  it('is not begun where the files are in use, and says so', async () => {
    await create('web', userData);
    const other = run(
      'systemd-nspawn',
      ...['-q', '--register=no', '-D', '/var/lib/machines/web', '/bin/sleep', '3'],
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { code, stderr } = await cli(['start', 'web']);
    expect(code).toBe(1);
    expect(stderr).toContain('busy');
    await other;
    await done(['start', 'web']);
  });

  it('is none of a clone', async () => {
    await create('web', userData);
    await done(['clone', 'web', 'copy', '--start']);
    expect(await inside('copy', 'hostname; ls /root')).toBe('copy\n');
  });
});

describe('user data of a Debian machine', () => {
  it('is carried out: users and zone before systemd runs, commands when it has booted', async () => {
    const text = `#cloud-config
timezone: Europe/Berlin
users:
  - {name: alice, shell: /bin/bash, sudo: "ALL=(ALL) NOPASSWD:ALL"}
write_files:
  - path: /etc/systemd/system/systemd-user-sessions.service.d/early.conf
    content: |
      [Service]
      ExecStartPost=/bin/sh -c 'id -un alice > /root/early'
runcmd:
  - systemctl is-system-running > /root/state
  - [cp, /root/early, /root/copied]
`;
    const source = ['-t', 'directory', '--', '--from', await debianTree()];
    await done(['create', 'large', '--start', '--user-data', fileOf(text), ...source]);
    expect(await inside('large', 'cat /root/copied /root/state; readlink /etc/localtime; date +%Z')).toMatch(
      /^alice\n(running|degraded)\n\/usr\/share\/zoneinfo\/Europe\/Berlin\nCES?T\n$/,
    );
    await done(['restart', 'large']);
    expect(await inside('large', 'readlink /etc/localtime; ls /etc/sudoers.d')).toContain('Berlin\n');
  });
});
