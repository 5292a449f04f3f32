/** What user data does on a real machine: once, and what changes files before its init. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@here';
const file = join(host.root, 'user-data');
const stored = (name: string) =>
  JSON.parse(readFileSync(join(host.root, 'machines', name, 'first-boot.json'), 'utf8'));
const inside = (name: string, script: string) => host.done(['exec', name, '--', 'sh', '-c', script]);

function create(name: string, text: string, ...words: readonly string[]) {
  writeFileSync(file, text);
  return host.cli(['create', name, '-t', 'busybox', '--user-data', file, ...words]);
}

const userData = `#cloud-config
hostname: first
ssh_authorized_keys: ["${KEY}"]
users:
  - {name: alice, gecos: Alice, groups: "users, wheel", uid: 1234, sudo: "ALL=(ALL) ALL", ssh_authorized_keys: ["${KEY}"]}
  - {name: bob, lock_passwd: false, passwd: "$6$salt$hash"}
write_files:
  - {path: /etc/rc.d/early, permissions: "0755", content: "#!/bin/sh\\n[ $1 = stop ] || echo $1 >> /root/early\\n"}
  - {path: /home/alice/file, owner: "alice:users", permissions: "0640", content: "it's $HOME"}
  - {path: /etc/profile, append: true, content: "# more\\n"}
packages: [tool]
runcmd:
  - test -e /root/early && echo "after" >> /root/early
  - [echo, "said on the console"]
`;

describe('user data of a busybox machine', () => {
  it('is carried out at the first start, files before init, and never again', async () => {
    // What is no package manager of the machine's own counts as one.
    const apk = '  - {path: /bin/apk, permissions: "0755", content: "#!/bin/sh\\necho $* >> /root/apk\\n"}\n';
    const text = userData.replace('packages:', `${apk}packages:`);
    expect((await create('web', text)).code).toBe(0);
    expect(stored('web').done).toBe(0);
    expect(await host.done(['info', 'web'])).toMatch(/first boot +\d+ steps to be done/);
    await host.done(['start', 'web']);
    expect(await inside('web', 'hostname; cat /root/early /root/apk')).toBe(
      'first\nstart\nafter\nupdate\nadd -- tool\n',
    );
    expect(
      await inside('web', 'grep -h "^alice\\|^bob" /etc/passwd /etc/shadow; grep "alice$" /etc/group'),
    ).toBe(
      'alice:x:1234:1234:Alice:/home/alice:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n' +
        'alice:!:19000:0:99999:7:::\nbob:$6$salt$hash:19000:0:99999:7:::\nusers:x:100:alice\nwheel:x:1000:alice\n',
    );
    expect(await inside('web', 'cat /home/alice/file; tail -n 1 /etc/profile; cat /etc/sudoers.d/*')).toBe(
      "it's $HOME# more\nalice ALL=(ALL) ALL\n",
    );
    expect(
      await inside(
        'web',
        'stat -c "%u:%g %a" /home/alice/file /home/alice/.ssh/authorized_keys /root/.ssh /etc/sudoers.d/*',
      ),
    ).toBe('1234:100 640\n1234:1234 600\n0:0 700\n0:0 440\n');
    expect(await host.done(['logs', 'web'])).toContain('said on the console');
    expect(await inside('web', 'cat /proc/1/comm')).toBe('init\n');
    expect(await host.done(['events', 'web'])).toContain('first boot done');
    expect(stored('web')).toEqual({ version: 1, steps: [], done: 0, failures: [] });
    await host.done(['restart', 'web']);
    expect(await inside('web', 'cat /root/early')).toBe('start\nafter\nstart\n');
    await host.done(['stop', 'web']);
    await host.done(['clone', 'web', 'copy', '--start']);
    expect(await inside('copy', 'hostname; cat /root/early; grep -c alice /etc/passwd')).toBe(
      'copy\nstart\nafter\nstart\nstart\n1\n',
    );
    await host.done(['stop', 'copy']);
  });

  it('tells what failed and does the rest; parts may be given by themselves', async () => {
    const { code, stderr } = await host.cli([
      ...['create', 'bad', '-t', 'busybox', '--start', '--set', `user-data.ssh_authorized_keys=${KEY}`],
      ...['--set', 'user-data.packages=tool', '--set', 'user-data.runcmd=touch /root/ran; exit 3'],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('packages: exit code 127; runcmd: exit code 3');
    expect(await inside('bad', 'ls /root/ran; cat /root/.ssh/authorized_keys')).toBe(`/root/ran\n${KEY}\n`);
    expect(await host.done(['info', 'bad'])).toContain(
      'done; failed: packages: exit code 127; runcmd: exit code 3',
    );
    await host.done(['stop', 'bad']);
  });

  it('of which all is done before init is told too, and nothing of it is kept', async () => {
    expect((await create('files', `#cloud-config\nssh_authorized_keys: ["${KEY}"]\n`, '--start')).code).toBe(
      0,
    );
    expect(stored('files')).toEqual({ version: 1, steps: [], done: 0, failures: [] });
    expect(await host.done(['events', 'files'])).toContain('first boot done');
    await host.done(['stop', 'files']);
  });

  it('goes on in the next start where a machine ended under it', async () => {
    const script = '#!/bin/sh\ntest -e /root/again && exit 0\ntouch /root/again\nkill -USR2 1\nsleep 60\n';
    const { code, stderr } = await create('broken', script, '--start');
    expect(code).toBe(1);
    expect(stderr).toContain('broke off');
    await host.cli(['wait', 'broken', '--state', 'stopped']);
    expect(stored('broken').steps).not.toEqual([]);
    await host.done(['start', 'broken']);
    expect(stored('broken').steps).toEqual([]);
    await host.done(['stop', 'broken']);
  });

  it('that is wrong makes nothing', async () => {
    const { code, stderr } = await create('none', '#cloud-config\nntp: {}\napt: {}\n');
    expect(code).toBe(2);
    expect(stderr).toContain('not supported: ntp, apt');
    expect(existsSync(join(host.root, 'machines', 'none'))).toBe(false);
  });
});
