import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  applySettings,
  collectSettings,
  completeKeys,
  completeValues,
  parseSetting,
  printSettings,
  settingOf,
} from '../../../src/machines/keys/config-keys.ts';
import { exampleConfig } from '../../fakes/machine-config.ts';
import { caught } from '../caught.ts';

const rich = {
  'memory.max': '1536M',
  'cpu.max': '150%',
  'pids.max': '200',
  'memory.high': '1G',
  'memory.low': '64M',
  'memory.min': '0',
  'memory.swap.max': '0',
  'memory.oom.group': 'true',
  'cpu.weight': '50',
  'cpu.max.burst': '5000',
  'cpu.idle': 'false',
  'cpuset.cpus': '0-1,3',
  'cpuset.mems': '',
  'io.weight': '100',
  'io.max./dev/sda': 'rbps=10M wiops=200',
  'io.max.8:16': 'wbps=1M',
  'hugetlb.2MB.max': '64M',
  'devices.allow./dev/kvm': 'rw',
  'devices.allow.c 10:232': 'rwm',
  'devices.allow.block-sd*': 'r',
  'net_cls.classid': '10:1f',
  'net_prio.ifpriomap.eth0': '5',
  'on-oom': 'freeze',
  'pressure.memory': 'some 300ms/2s',
  'pressure.cpu': 'full 1s/4s',
  'pressure.io': 'never',
  'rlimit.nofile': '1024:4096',
  'rlimit.core': '0:unlimited',
  hostname: 'www.example',
  init: '["/bin/sh","-c","exec sleep 1"]',
  'environment.LANG': 'C=x',
  'signals.halt': 'SIGRTMIN+3',
  'console.log-size': '64K',
  privileged: 'true',
  nesting: 'true',
  'no-new-privileges': 'true',
  seccomp: 'off',
  apparmor: 'lxc-container-default',
  'capabilities.add': 'sys_time,net_raw',
  'capabilities.drop': 'mknod',
  'bind.0': '/srv:/data:ro',
  'bind.1': '/home:/home',
  'bind.2': '/dev/dri:/dev/dri:ro,dev',
  'tmpfs.0': '/scratch:64M',
  'snapshots.schedule': '6h',
  'snapshots.expiry': '2w',
};

function set(key: string, value: string) {
  return applySettings(exampleConfig, { [key]: value });
}

async function refusal(key: string, value: string) {
  const error = await caught(() => set(key, value));
  expect(error).toMatchObject({ code: 'usage', subject: key });
  return error;
}

describe('settings', () => {
  it('that are printed give the same config when they are applied', () => {
    const config = applySettings(exampleConfig, rich);
    const printed = printSettings(config);
    expect(printed).toMatchObject(rich);
    expect(applySettings(exampleConfig, printed)).toEqual(config);
  });

  it('print every limit, also those that are not set', () => {
    expect(printSettings(exampleConfig)).toMatchObject({
      'memory.max': 'max',
      'cpu.max': 'max',
      'pids.max': 'max',
      hostname: '',
      privileged: 'false',
    });
  });

  it('understand sizes and shares as people write them', () => {
    expect(set('memory.max', '1.5g').limits['memory.max']).toBe(1.5 * 1024 ** 3);
    expect(set('memory.max', '2048KiB').limits['memory.max']).toBe(2 * 1024 ** 2);
    expect(set('cpu.max', '50000 200000').limits['cpu.max']).toEqual({
      quotaUsec: 50_000,
      periodUsec: 200_000,
    });
    expect(set('cpu.max', '12.5%').limits['cpu.max']).toEqual({ quotaUsec: 12_500, periodUsec: 100_000 });
    expect(set('signals.halt', 'usr2').signals.halt).toBe('SIGUSR2');
    expect(set('capabilities.add', 'CAP_NET_RAW net_raw').capabilities.add).toEqual(['net_raw']);
    expect(set('privileged', 'yes').privileged).toBe(true);
  });

  it('are taken away by nothing, and limits by max', () => {
    const config = applySettings(exampleConfig, rich);
    const cleared = applySettings(config, {
      'memory.max': 'max',
      'cpu.max': '',
      'rlimit.core': '',
      hostname: '',
      'environment.LANG': '',
      'bind.0': '',
    });
    const { 'memory.max': _, 'cpu.max': __, ...others } = config.limits;
    expect(cleared.limits).toEqual(others);
    expect(cleared.rlimits).toEqual({ nofile: { soft: 1024, hard: 4096 } });
    expect('hostname' in cleared).toBe(false);
    expect(cleared.init.environment).toEqual({ PATH: '/bin' });
    expect(cleared.binds.map((bind) => bind.source)).toEqual(['/home', '/dev/dri']);
  });

  it('take away the rules for snapshots one by one, and leave nothing of them', () => {
    const config = applySettings(exampleConfig, { 'snapshots.schedule': 'daily', 'snapshots.expiry': '7d' });
    expect(config.snapshots).toEqual({ schedule: 'daily', expiry: '7d' });
    const less = applySettings(config, { 'snapshots.expiry': 'never' });
    expect(less.snapshots).toEqual({ schedule: 'daily' });
    expect(applySettings(less, { 'snapshots.schedule': 'never' })).toEqual(exampleConfig);
    expect(printSettings(exampleConfig)).toMatchObject({
      'snapshots.schedule': 'never',
      'snapshots.expiry': 'never',
    });
  });

  it.each(['memory.max', 'memory.high', 'memory.low', 'memory.min', 'memory.swap.max'] as const)(
    'take %s as a share of the memory that the host has, in whole pages',
    (name) => {
      const bytes = set(name, '50%').limits[name] as number;
      expect(bytes % 4096).toBe(0);
      expect(Math.abs(bytes - totalmem() / 2)).toBeLessThan(4096);
      expect(set(name, '100%').limits[name]).toBe(Math.floor(totalmem() / 4096) * 4096);
      expect(set(name, '12.5%').limits[name]).toBe(Math.floor(totalmem() / 8 / 4096) * 4096);
    },
  );

  it('keep paths in their canonical form', () => {
    expect(set('bind', '/srv//a/./b/:/data/').binds.at(-1)).toMatchObject({
      source: '/srv/a/b',
      path: '/data',
    });
    expect(set('bind', '/:/host').binds.at(-1)).toMatchObject({ source: '/', path: '/host' });
  });

  it('add binds one by one, and several of one command', () => {
    const words = ['bind=/a:/a', 'pids.max=5', 'bind=/b:/b:ro', 'pids.max=6'];
    const config = applySettings(set('bind', '/first:/first'), collectSettings(words));
    expect(config.binds.map((bind) => bind.source)).toEqual(['/first', '/a', '/b']);
    expect(config.limits['pids.max']).toBe(6);
  });

  it.each([
    ['memory.max', '12Q', '512M'],
    ['memory.max', '-1', '512M'],
    ['memory.max', '512', 'at least 1M'],
    ['memory.max', '101%', 'a share of the host'],
    ['memory.max', '0%', 'at least 1M'],
    ['memory.low', 'half', '25%'],
    ['cpu.max', '0%', '150%'],
    ['cpu.max', '999 100000', 'a quota of 1000 or more'],
    ['cpu.max', '100000 5000000', 'a period of 1000 to 1000000'],
    ['cpu.max', '17592186044416 100000', '150%'],
    ['memory.low', 'some', '512M'],
    ['cpu.weight', '0', '1 to 10000'],
    ['cpuset.cpus', '3-1', '0-3,7'],
    ['cpuset.cpus', '0,99999', '0-3,7'],
    ['io.max', '/dev/sda', 'rbps=10M'],
    ['io.max', 'sda rbps=1M', 'rbps=10M'],
    ['io.max', '/dev/sda bps=1M', 'rbps=10M'],
    ['io.max./dev/sda', 'rbps=0', 'rbps=10M'],
    ['hugetlb.3MB.max', '1G', 'hugetlb.SIZE.max'],
    ['hugetlb.2MB', '1G', 'hugetlb.SIZE.max'],
    ['devices.allow', 'kvm rw', '/dev/NODE'],
    ['devices.allow', '/dev/kvm rwx', '/dev/NODE'],
    ['devices.allow', 'c 4096:0', '/dev/NODE'],
    ['devices.allow', 'x 1:3', '/dev/NODE'],
    ['devices.allow', 'a r', 'a for all'],
    ['devices.allow./dev/kvm', 'x', 'r (read)'],
    ['net_cls.classid', '10:10000', '10:1'],
    ['net_cls.classid', '4294967296', '0x100001'],
    ['net_prio.ifpriomap', 'eth0', 'eth0 5'],
    ['net_prio.ifpriomap', 'eth/0 5', 'eth0 5'],
    ['net_prio.ifpriomap', '. 5', 'eth0 5'],
    ['net_prio.ifpriomap.eth0', '-1', '4294967295'],
    ['pids.max', '0', '1 to 4194304'],
    ['pids.max', '4194305', '1 to 4194304'],
    ['privileged', 'maybe', 'true or false'],
    ['seccomp', 'on', 'default or off'],
    ['apparmor', 'two words', 'the name of a profile'],
    ['bind', 'srv:/data', ':ro'],
    ['bind', '/srv:/data:rx', ':ro'],
    ['bind', '/srv:/../data', ':ro'],
    ['bind.3', '/srv:/data', ':ro'],
    ['tmpfs', '/x:0', '64M'],
    ['rlimit.nofile', '10:5', 'SOFT:HARD'],
    ['rlimit.nofile', 'unlimited', 'SOFT:HARD'],
    ['hostname', '-bad', 'letters'],
    ['init', 'sbin/init', 'absolute'],
    ['signals.halt', 'SIGNONE', 'SIGPWR'],
    ['console.log-size', '4095', '4K to 1G'],
    ['console.log-size', '1025M', '4K to 1G'],
    ['environment.2X', 'a', 'any text'],
    ['snapshots.schedule', 'often', 'hourly, daily, weekly, monthly'],
    ['snapshots.schedule', '10s', 'a span such as 6h'],
    ['snapshots.expiry', 'daily', '36h, 7d or 2w'],
  ])('refuse %s=%s and name what is allowed', async (key, value, allowed) => {
    expect((await refusal(key, value)).hint).toContain(allowed);
  });

  it('limit one disk beside others, rate by rate, until it has none', () => {
    const one = set('io.max', '/dev/sda rbps=1M,wbps=2M');
    const more = applySettings(one, { 'io.max': '/dev/sda rbps=max riops=5\n8:16 wiops=7' });
    expect(more.limits['io.max']).toEqual({
      '/dev/sda': { wbps: 2 * 1024 ** 2, riops: 5 },
      '8:16': { wiops: 7 },
    });
    const less = applySettings(more, { 'io.max./dev/sda': 'max' });
    expect(less.limits['io.max']).toEqual({ '8:16': { wiops: 7 } });
    expect(applySettings(less, { 'io.max': 'max' })).toEqual(exampleConfig);
    expect(applySettings(less, { 'io.max': '8:16 max' })).toEqual(exampleConfig);
  });

  it('allow devices one by one, in the words of lxc and systemd, until none is left', () => {
    const words = ['devices.allow=/dev/kvm wr', 'devices.allow=c 10:237', 'devices.allow=char-input r'];
    const several = applySettings(exampleConfig, collectSettings(words));
    expect(several.limits['devices.allow']).toEqual({
      '/dev/kvm': 'rw',
      'c 10:237': 'rwm',
      'char-input': 'r',
    });
    const less = applySettings(several, { 'devices.allow.c 10:237': '', 'devices.allow./dev/kvm': 'r' });
    expect(less.limits['devices.allow']).toEqual({ '/dev/kvm': 'r', 'char-input': 'r' });
    expect(applySettings(less, { 'devices.allow': '' })).toEqual(exampleConfig);
    expect(set('devices.allow', 'a').limits['devices.allow']).toEqual({ a: 'rwm' });
  });

  it('give packets a class in the words of tc, and a priority by interface', () => {
    expect(set('net_cls.classid', '10:1').limits['net_cls.classid']).toBe(0x100001);
    expect(set('net_cls.classid', '0x100001').limits['net_cls.classid']).toBe(0x100001);
    expect(set('net_cls.classid', '0')).toEqual(exampleConfig);
    const some = set('net_prio.ifpriomap', 'eth0 5\nlo 1');
    expect(some.limits['net_prio.ifpriomap']).toEqual({ eth0: 5, lo: 1 });
    const less = applySettings(some, { 'net_prio.ifpriomap.lo': '' });
    expect(less.limits['net_prio.ifpriomap']).toEqual({ eth0: 5 });
    expect(applySettings(less, { 'net_prio.ifpriomap': 'eth0 0' })).toEqual(exampleConfig);
    expect(applySettings(some, { 'net_prio.ifpriomap': '' })).toEqual(exampleConfig);
  });

  it('store nothing for what the kernel does anyway', () => {
    const words = { 'cpu.weight': '100', 'memory.low': '0', 'cpu.idle': 'no', 'memory.swap.max': 'max' };
    expect(applySettings(exampleConfig, words)).toEqual(exampleConfig);
  });

  it('name the nearest key for a typo', async () => {
    expect((await refusal('memroy.max', '1G')).hint).toContain('"memory.max"');
    expect((await refusal('rlimit.nofiles', '1')).hint).toContain('"rlimit.nofile"');
    expect((await refusal('capabilities.add', 'net_rwa')).message).toContain('"net_raw"');
  });

  it('are named by a part of them, and otherwise in short', async () => {
    expect((await refusal('memory', '1G')).hint).toMatch(/^keys like it: memory.max memory.high /);
    const { hint = '' } = await refusal('quota-of-everything', '1');
    expect(hint).toMatch(/^keys: memory\.\* cpu\.\* /);
    expect(hint.length).toBeLessThan(340);
  });

  it('change nothing of the config they are given', () => {
    const before = structuredClone(exampleConfig);
    applySettings(exampleConfig, rich);
    expect(exampleConfig).toEqual(before);
  });

  it('are KEY=VALUE, with further equals signs in the value', async () => {
    expect(parseSetting('environment.A=b=c')).toEqual(['environment.A', 'b=c']);
    expect((await caught(() => parseSetting('=x'))).code).toBe('usage');
    expect((await caught(() => parseSetting('memory.max'))).hint).toContain('memory.max=VALUE');
    expect((await caught(() => parseSetting('64M'))).hint).toContain('cpu.*');
  });

  it('complete keys and values', () => {
    expect(completeKeys()).toEqual(
      expect.arrayContaining(['memory.max', 'rlimit.nofile', 'bind', 'environment.']),
    );
    expect(completeValues('seccomp')).toEqual(['default', 'off']);
    expect(completeValues('nonsense')).toEqual([]);
  });
});

describe('keys of other programs', () => {
  it.each([
    ['limits.memory', 'memory.max'],
    ['lxc.cgroup2.memory.max', 'memory.max'],
    ['lxc.cgroup.memory.limit_in_bytes', 'memory.max'],
    ['lxc.cgroup.memory.soft_limit_in_bytes', 'memory.low'],
    ['MemoryMax', 'memory.max'],
    ['CPUQuota', 'cpu.max'],
    ['lxc.start.auto', 'autostart'],
    ['memory.limit', 'memory.max'],
    ['lxc.cap.drop', 'capabilities.drop'],
    ['lxc.environment', 'environment.NAME'],
  ])('%s is refused with ours, %s', async (written, ours) => {
    const error = await caught(async () => applySettings(exampleConfig, { [written]: '1' }));
    expect(error).toMatchObject({ code: 'usage', hint: `here it is ${ours}` });
  });

  it('that have nothing of ours are refused as any other', async () => {
    const error = await caught(async () => applySettings(exampleConfig, { 'lxc.cgroup2.no.such': '1' }));
    expect(error.hint).toMatch(/^(did you mean|keys)/);
  });
});

it('processors by their number are told as a percentage', async () => {
  const error = await caught(async () => applySettings(exampleConfig, { 'cpu.max': '0.5' }));
  expect(error.message).toBe('cpu.max: "0.5" has no unit: 0.5 processors are 50%');
  expect((await caught(async () => applySettings(exampleConfig, { 'cpu.max': '0' }))).message).toContain(
    'not allowed',
  );
});

it('a setting that is read is one that there is, or is refused with what was meant', async () => {
  expect(settingOf({ 'pids.max': '5' }, 'pids.max')).toBe('5');
  expect(await caught(async () => settingOf({}, 'memory.mx'))).toMatchObject({
    hint: 'did you mean "memory.max"?',
  });
  expect((await caught(async () => settingOf({}, 'environment.FOO'))).message).toBe(
    'environment.FOO is not set',
  );
});
