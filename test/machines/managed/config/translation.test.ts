import { describe, expect, it } from 'vitest';
import { changeText, readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';
import { anyMachine } from '../../../../src/machines/config/blank-config.ts';
import type { MachineConfig } from '../../../../src/machines/config/config-schema.ts';
import { applySettings } from '../../../../src/machines/keys/config-keys.ts';
import { readSettings, settingsChanges } from '../../../../src/machines/managed/config/translation.ts';

const read = (text: string | undefined, config: MachineConfig = anyMachine): MachineConfig =>
  readSettings(config, (section, key) => readValues(text, section, key));

/** What `set` does with a file. */
function change(text: string | undefined, changes: Readonly<Record<string, string>>): string {
  const before = read(text);
  const values = (section: string, key: string) => readValues(text, section, key);
  return changeText(text, settingsChanges(before, applySettings(before, changes), values));
}

describe('a key becomes what systemd.nspawn(5) has for it, and is read back', () => {
  it.each<[Record<string, string>, string]>([
    [{ hostname: 'web' }, '[Exec]\nHostname=web\n'],
    [{ privileged: 'true' }, '[Exec]\nPrivateUsers=no\n'],
    [{ 'no-new-privileges': 'yes' }, '[Exec]\nNoNewPrivileges=yes\n'],
    [{ seccomp: 'off' }, '[Exec]\nSystemCallFilter=@known\n'],
    [
      { 'capabilities.add': 'net_admin,sys_time' },
      '[Exec]\nCapability=CAP_NET_ADMIN\nCapability=CAP_SYS_TIME\n',
    ],
    [{ 'capabilities.drop': 'mknod' }, '[Exec]\nDropCapability=CAP_MKNOD\n'],
    [{ init: '/sbin/init --unit=rescue.target' }, '[Exec]\nBoot=yes\nParameters=--unit=rescue.target\n'],
    [
      { init: '["/bin/sh","-c","echo \\"it\'s\\""]' },
      `[Exec]\nBoot=no\nParameters=/bin/sh -c "echo "'"'"it's"'"'\n`,
    ],
    [{ 'init.notifies': 'true' }, '[Exec]\nNotifyReady=yes\n'],
    [
      { 'environment.A': 'one two', 'environment.B': 'C:\\' },
      '[Exec]\nEnvironment="A=one two"\nEnvironment="B=C:\\"\n',
    ],
    [{ 'signals.halt': 'USR2' }, '[Exec]\nKillSignal=SIGUSR2\n'],
    [{ 'signals.reboot': 'SIGRTMIN+5' }, '[X-Tsmachine]\nRebootSignal=SIGRTMIN+5\n'],
    [{ bind: '/srv/a b:/data:ro' }, '[Files]\nBindReadOnly=/srv/a b:/data:idmap\n'],
    [{ tmpfs: '/scratch:64M' }, '[Files]\nTemporaryFileSystem=/scratch:size=67108864\n'],
    [{ 'rlimit.nofile': '1024:4096' }, '[Exec]\nLimitNOFILE=1024:4096\n'],
    [{ 'rlimit.core': 'unlimited' }, '[Exec]\nLimitCORE=infinity:infinity\n'],
    [
      { 'snapshots.schedule': 'daily', 'snapshots.expiry': '7d' },
      '[X-Tsmachine]\nSnapshotSchedule=daily\nSnapshotExpiry=7d\n',
    ],
    [
      { 'autostart.priority': '-5', 'autostart.delay': '2s', 'autostart.groups': 'a,b' },
      '[X-Tsmachine]\nAutostartPriority=-5\nAutostartDelayMSec=2000\nAutostartGroups=a b\n',
    ],
  ])('%j', (changes, text) => {
    expect(change(undefined, changes)).toBe(text);
    expect(read(text)).toEqual(applySettings(anyMachine, changes));
    const taken = Object.fromEntries(Object.keys(changes).map((key) => [key, '']));
    if (Object.keys(changes).some((key) => /environment|snapshots|autostart|capab|rlimit|hostname/.test(key)))
      expect(read(change(text, taken))).toEqual(anyMachine);
  });
});

describe('what others wrote', () => {
  it('is read with its defaults, its last word and its resets', () => {
    const config = read(`[Exec]
Boot=off
Parameters=/bin/busybox init
Environment=A=1 "B=two words"
Environment=
Environment=C='3'
KillSignal=SIGRTMIN+3
Capability=CAP_NET_ADMIN cap_sys_time
SystemCallFilter=@known ~mount
LimitMEMLOCK=64M
LimitCPU=5min
PrivateUsers=65536:65536
User=nobody
[Files]
Bind=/srv
Bind=/a\\:b:/c:rootidmap
Bind=-/perhaps
Bind=+/in/the/image:/x
TemporaryFileSystem=/t:mode=0700,size=1G
TemporaryFileSystem=/half:size=50%
`);
    expect(config).toMatchObject({
      privileged: false,
      seccomp: 'off',
      signals: { halt: 'SIGRTMIN+3', reboot: 'auto' },
      capabilities: { add: ['net_admin', 'sys_time'], drop: [] },
      init: { argv: ['/bin/busybox', 'init'], environment: { C: '3' }, user: { uid: 0 } },
      binds: [
        { source: '/srv', path: '/srv', readOnly: false },
        { source: '/a:b', path: '/c', readOnly: false },
      ],
      tmpfs: [{ path: '/t', sizeBytes: 1024 ** 3 }],
      rlimits: { memlock: { soft: 64 * 1024 ** 2, hard: 64 * 1024 ** 2 } },
    });
  });

  it('stays as it is written, also what a config cannot say, when something is added', () => {
    const text = '[Files]\nBind=-/perhaps\nBind=/srv # not a comment\nBind=/a:/b:rootidmap\n';
    expect(change(text, { bind: '/c:/d' })).toBe(`${text}Bind=/c:/d:idmap\n`);
    expect(
      change('[Exec]\nCapability=CAP_SYS_TIME CAP_BPF\n', { 'capabilities.add': 'bpf,sys_time,net_admin' }),
    ).toBe('[Exec]\nCapability=CAP_SYS_TIME CAP_BPF\nCapability=CAP_NET_ADMIN\n');
  });

  it('is mapped to the users that the machine has from now on, where that is all that a bind says', () => {
    const mapped = '[Files]\nBind=/a:/b:idmap\nBindReadOnly=/c\\:d:/e:idmap\nBind=/f:/g:norbind\n';
    const privileged = change(mapped, { privileged: 'true' });
    expect(privileged).toContain('Bind=/a:/b\n');
    expect(privileged).toContain('BindReadOnly=/c\\:d:/e\n');
    expect(privileged).toContain('Bind=/f:/g:norbind\n');
    const again = change(privileged, { privileged: 'false' });
    expect(again.split('\n')).toEqual(expect.arrayContaining(mapped.trim().split('\n')));
  });

  it('of several variables in a line stays until one of them is another', () => {
    const text = '[Exec]\nEnvironment=A=1 "B=two words"\n';
    const added = change(text, { 'environment.C': '3' });
    expect(added).toBe(`${text}Environment=C=3\n`);
    expect(read(change(added, { 'environment.A': '' })).init.environment).toEqual({ B: 'two words', C: '3' });
  });

  it('of an identity mapping is root on the host, and shown so', () => {
    expect(read('[Exec]\nPrivateUsers=identity\n').privileged).toBe(true);
    expect(change('[Exec]\nPrivateUsers=no\n', { privileged: 'false' })).toBe(
      '[Exec]\nPrivateUsers=pick\n\n[Files]\nPrivateUsersOwnership=auto\n',
    );
  });

  it('without a word of how it starts has no parameters', () => {
    expect(read('[Exec]\nParameters=/bin/sh\n').init.argv).toEqual(['/sbin/init']);
    expect(read('[Exec]\nProcessTwo=yes\nParameters=/bin/sh\n').init.argv).toEqual(['/bin/sh']);
  });
});

describe('what no settings file can say', () => {
  it.each<[Record<string, string>, string]>([
    [{ 'environment.A': 'two\nlines' }, 'more than one line'],
    [{ bind: '/dev/bus:/dev/bus:dev' }, 'device nodes'],
  ])('%j is refused', (changes, words) => {
    expect(() => change(undefined, changes)).toThrow(words);
  });
});
