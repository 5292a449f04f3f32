import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { personAt } from '../../e2e/terminal.ts';
import { itWhere } from '../../setup/it-where.ts';
import { withRoot } from '../../setup/with-root.ts';
import { fakeCommands } from '../../templates/fake-host.ts';
import { debianMachine, debianWords, isInstalled, MAKING_MS } from './debian-machine.ts';

const host = withRoot();
const { cli, done, env } = host;
const { sh, info, ended } = debianMachine(host, 'deb');

/** A person at a terminal has not the patience for the virtual machine's processor. */
const itWithTerminal = itWhere(isInstalled);

beforeAll(async () => {
  await done(['create', 'deb', '--start', '--wait', ...debianWords(host)]);
}, MAKING_MS);

describe('a Debian machine', () => {
  it('has booted when start --wait returns, and nothing of it failed', async () => {
    expect(await sh('systemctl is-system-running')).toBe('running');
    expect(await sh('systemctl list-units --failed --quiet --plain')).toBe('');
  });

  it('is unprivileged, and its cgroups are its own and of v2', async () => {
    const { pid } = await info();
    expect(readFileSync(`/proc/${pid}/uid_map`, 'utf8')).toMatch(/^ +0 +[1-9]\d+ +65536\n$/);
    expect(await sh('stat -fc %T /sys/fs/cgroup')).toBe('cgroup2fs');
    expect(await sh('systemd-run --quiet --pipe --wait -p MemoryMax=50M cat /proc/self/cgroup')).toMatch(
      /^0::\/system.slice\/run-.*service$/m,
    );
  });

  it('knows what it runs in', async () => {
    expect(await sh('systemd-detect-virt --container')).toBe('container-other');
    expect(await sh('cat /run/host/container-manager')).toBe('tsmachine');
    expect(await sh('hostname; getent hosts deb')).toMatch(/^deb\n127\.0\.1\.1 +deb$/);
    const id = await sh('cat /etc/machine-id');
    expect(await sh('cat /run/host/container-uuid')).toBe(
      id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'),
    );
  });

  it('has no proc without masks: that is for machines with nesting', async () => {
    expect(await sh('ls /run/host')).toBe('container-manager\ncontainer-uuid\nnotify');
  });

  it('keeps a journal', async () => {
    await sh('systemd-cat -t tests echo word for the journal');
    expect(await sh('journalctl -b -o cat -t tests')).toBe('word for the journal');
    expect(await sh('journalctl -b -o cat -u systemd-logind')).toContain('Started systemd-logind');
  });

  itWithTerminal(
    'logs root in at its console, in a session of logind, and again after a logout',
    async () => {
      const person = personAt(['console', 'deb'], { env });
      person.type('\r');
      await person.sees('root@deb:~#');
      person.type('tty; loginctl session-status | grep -o "State: active"; echo TERM=$TERM\r');
      await person.sees(/^\/dev\/console$/m);
      await person.sees('State: active');
      await person.sees(/^TERM=xterm-256color$/m);
      person.type('clear; exit\r');
      await person.sees(/deb login: root \(automatic login\)[\s\S]*root@deb:~#/);
      person.type('\x1dq');
      expect(await person.ends).toBe(0);
      await person.close();
    },
  );

  it('has a password for nobody', async () => {
    expect(await sh('cut -d: -f2 /etc/shadow | sort -u')).toMatch(/^[!*]*(\n[!*]+)*$/);
  });

  it('lets users become others by su and sudo, and ping', async () => {
    await sh('useradd -m ann && echo "ann ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/ann');
    expect(await sh('su - ann -c "id -un; pwd"')).toBe('ann\n/home/ann');
    expect(await sh('su ann -c "sudo -n id -u"')).toBe('0');
    expect(await sh('su ann -c "ping -c 1 -W 5 127.0.0.1"')).toContain('1 received');
    expect(await sh('sudo -n -u ann id -un')).toBe('ann');
  });

  itWithTerminal('runs tmux in a shell of its own', async () => {
    const person = personAt(['shell', 'deb'], { env });
    person.type('exec tmux -u new -s work\r');
    await person.sees('[work]');
    person.type('tty\r');
    await person.sees(/\/dev\/pts\/\d+/);
    expect(await sh('tmux list-sessions')).toContain('work:');
    person.type('exit\r');
    await person.ends;
    await person.close();
  });

  it('installs packages, and apt fetches as its own user', async () => {
    await sh(
      [
        'mkdir -p /srv/repo && cd /srv/repo',
        'printf "Package: tiny\\nVersion: 1\\nArchitecture: all\\nMaintainer: A <a@example.org>\\nDescription: tiny\\n" > control',
        'mkdir -p tiny/DEBIAN tiny/opt && cp control tiny/DEBIAN && echo hello > tiny/opt/tiny && dpkg-deb -b tiny',
        'printf "%sFilename: ./tiny.deb\\nSize: %s\\nSHA256: %s\\n" "$(cat control; echo .)" "$(stat -c %s tiny.deb)" "$(sha256sum tiny.deb | cut -d" " -f1)" | sed "s/^\\.//" > Packages',
        'echo "deb [trusted=yes] copy:/srv/repo ./" > /etc/apt/tiny.list',
      ].join(' && '),
    );
    const own = '-o Dir::Etc::SourceList=/etc/apt/tiny.list -o Dir::Etc::SourceParts=/none';
    // Its methods check that they cannot become root again.
    const words = `-y ${own} -o APT::Sandbox::Verify=true`;
    const said = await sh(`apt-get update ${words} 2>&1 && apt-get install ${words} tiny 2>&1`);
    expect(said).not.toMatch(/unsandboxed|^[WE]:/m);
    expect(await sh('cat /opt/tiny')).toBe('hello');
  });

  it('cannot make others believe that it is ready, and nothing it writes there stays unread', async () => {
    expect(await sh('stat -c "%a %U" /run/host/notify')).toBe('600 root');
    // Nobody listens any more: who writes is told so at once, and does not wait.
    const flood =
      'for i in $(seq 50); do NOTIFY_SOCKET=/run/host/notify systemd-notify --ready 2>/dev/null; done; true';
    await sh(`timeout 50 sh -c '${flood}'`);
    expect((await info()).state).toBe('running');
  });
});

describe('the end of a Debian machine', () => {
  it('may be a reboot, from within and from without', async () => {
    const again = async (reboot: readonly string[]) => {
      const { pid } = await info();
      await cli(reboot);
      const now = async () => {
        const { state, pid: present } = await info();
        return [state, present === pid];
      };
      await expect.poll(now).toEqual(['running', false]);
      await done(['start', 'deb', '--if-needed', '--wait']);
      expect(await sh('systemctl is-system-running')).toBe('running');
    };
    await again(['exec', 'deb', '--', 'systemctl', 'reboot']);
    await again(['kill', 'deb', '--signal', 'RTMIN+5']);
  });

  it('is a halt when it is stopped, for which it gets the time that it needs', async () => {
    const stopped = JSON.parse(await done(['stop', 'deb', '--json'])).results[0];
    expect(stopped).toMatchObject({ ok: true, clean: true });
    expect((await info()).lastExit).toMatchObject({ reason: 'halt' });
  });

  it('has the code that systemd was told to exit with', async () => {
    await done(['start', 'deb', '--wait']);
    await cli(['exec', 'deb', '--', 'systemctl', 'exit', '42']);
    await ended();
    expect((await info()).lastExit).toMatchObject({ reason: 'exited', code: 42 });
  });

  it('before it was ready is no boot: start --wait says so', async () => {
    await done(['config', 'deb', 'init=/bin/false']);
    const { code, stderr } = await cli(['start', 'deb', '--wait']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it ended before it was ready')]);
  });

  it('need not come for start --wait to give up on a boot, which goes on', async () => {
    await done(['config', 'deb', 'init=["/bin/sleep","1000"]']);
    const { code, stderr } = await cli(['start', 'deb', '--wait', '--timeout', '0.3']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('after 0.3 s it is running, but has not said'),
    ]);
    expect((await info()).state).toBe('running');
    // Only init's word counts.
    await done(['exec', 'deb', '-e', 'NOTIFY_SOCKET=/run/host/notify', '--', 'systemd-notify', '--ready']);
    expect((await cli(['start', 'deb', '--if-needed', '--wait', '--timeout', '0.3'])).code).toBe(1);
  });
});

describe('the image of Debian', () => {
  itWhere(isInstalled)('serves the next machine, which is made without an installation', async () => {
    fakeCommands({ mmdebstrap: 'exit 1' });
    await done(['create', 'second', ...debianWords(host)]);
    expect(JSON.parse(await done(['image', 'list', '--json'])).images).toHaveLength(1);
  });
});
