import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from '../../../src/backends/native/capabilities.ts';
import { withRoot } from '../../setup/with-root.ts';
import { type Outcomes, successes } from './attack.ts';
import { type Target, withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
/** Without a user namespace: here masks, capabilities and the filter are the only guards. */
const privileged = withTarget(host, 'privileged', { settings: ['privileged=true'] });
/** With sys_module and sys_time: a kernel that has modules would refuse them for want of the one alone. */
const unfiltered = withTarget(host, 'unfiltered', {
  settings: ['privileged=true'],
  weakenings: [
    { without: '^seccomp ' },
    { of: 'capabilities', add: '16' },
    { of: 'capabilities', add: '25' },
  ],
});

/** What the filter answers; made in a form that is harmless, and gets another answer, where it is allowed. */
const FILTERED: Outcomes = {
  init_module: 'EPERM',
  finit_module: 'EPERM',
  delete_module: 'EPERM',
  kexec_load: 'EPERM',
  kexec_file_load: 'EPERM',
  perf_event_open: 'EPERM',
  bpf: 'EPERM',
  userfaultfd: 'EPERM',
  lookup_dcookie: 'EPERM',
  open_by_handle_at: 'EPERM',
  io_uring_setup: 'ENOSYS',
  keyctl: 'ENOSYS',
  add_key: 'ENOSYS',
  request_key: 'ENOSYS',
  'umount-force': 'EACCES',
};

describe.each([
  ['a machine', machine],
  ['a privileged machine', privileged],
])('the kernel, asked by the root of %s', (_, target) => {
  it('loads no module, no other kernel, no program and no key, and opens no file by its handle', async () => {
    expect(await target.attack('syscalls')).toMatchObject(FILTERED);
  });

  it('does not set the clock, read its log, give out ports or take swap space', async () => {
    const outcomes = await target.attack('syscalls');
    expect(Object.keys(outcomes)).toEqual(
      expect.arrayContaining(['clock_settime', 'settimeofday', 'adjtimex', 'syslog', 'swapon']),
    );
    expect(successes(outcomes)).toEqual([]);
  });

  it('answers the 32-bit and the x32 calls as it answers their 64-bit forms', async () => {
    const outcomes = await target.attack('compat');
    expect(successes(outcomes)).toEqual([]);
    // EFAULT or EINVAL would say that the call itself looked at its arguments.
    for (const outcome of Object.values(outcomes)) expect(['EPERM', 'ENOSYS']).toContain(outcome);
  });

  it('has a capability bounding set that is the documented one', async () => {
    const documented = CAPABILITIES.filter(({ kept }) => kept).map(({ name }) => name);
    const possible =
      target === privileged ? boundingSet(readFileSync('/proc/self/status', 'utf8')) : undefined;
    expect(boundingSet(await target.ask('cat /proc/1/status'))).toEqual(
      documented.filter((name) => possible?.includes(name) ?? true),
    );
    expect(boundingSet(await target.ask('cat /proc/self/status'))).toEqual(
      boundingSet(await target.ask('cat /proc/1/status')),
    );
  });

  it('gives no capability to inherit to programs that are not trusted with it (CVE-2022-24769)', async () => {
    for (const process of ['1', 'self']) {
      const status = await target.ask(`cat /proc/${process}/status`);
      expect(status).toMatch(/^CapInh:\s*0+$/m);
      expect(status).toMatch(/^CapAmb:\s*0+$/m);
    }
  });

  it('opens no setting of the host for writing', async () => {
    expect(await writableSettings(target)).toEqual([]);
  });

  it('shows nothing through what is masked', async () => {
    const masked = ['kallsyms', 'kcore', 'keys', 'latency_stats', 'timer_list', 'sched_debug', 'interrupts'];
    const tries = masked.flatMap((name) => ['r', `/proc/${name}`]);
    expect(writtenOrRead(await target.attack('opening', ...tries))).toEqual([]);
    // What is written there goes to /dev/null, if the kernel has it at all.
    const trigger = 'stat -c %t:%T /proc/sysrq-trigger 2>/dev/null || echo none';
    expect(await target.ask(trigger)).toMatch(/^(1:3|none)$/);
  });

  it('has /sys read-only, and no firmware and no power readings in it', async () => {
    const outcomes = await target.attack('opening', 'w', '/sys/kernel/mm/transparent_hugepage/enabled');
    // A machine's root is nobody to the owner of these files, and is told so first.
    expect(Object.values(outcomes)).toEqual([target === privileged ? 'EROFS' : 'EACCES']);
    expect(await target.ask("grep ' /sys sysfs ' /proc/mounts")).toMatch(/ sysfs ro,/);
    expect(
      await target.ask('ls -A /sys/firmware /sys/devices/virtual/powercap 2>/dev/null | grep -v : || true'),
    ).toBe('');
  });
});

describe('what the masks hide', () => {
  it('stays closed when the root of a machine takes the masks off: its user namespace is the second wall', async () => {
    await machine.shell(
      'for path in /proc/* /proc/sys/* /sys /sys/firmware; do umount $path; done 2>/dev/null',
    );
    await machine.shell('mount -o remount,rw /sys; mount -o remount,bind,rw /proc/sys');
    expect(await machine.ask('cat /proc/mounts')).not.toMatch(/ \/proc\/(timer_list|kallsyms|sys)/);
    const tries = [
      'r',
      '/proc/kallsyms',
      'r',
      '/proc/timer_list',
      'r',
      '/proc/kcore',
      'w',
      '/proc/sysrq-trigger',
    ];
    const outcomes = await machine.attack(
      'opening',
      ...tries,
      'w',
      '/proc/sys/kernel/panic',
      'w',
      '/sys/kernel/mm/transparent_hugepage/enabled',
    );
    expect(writtenOrRead(outcomes).filter((path) => path !== '/proc/kallsyms')).toEqual([]);
    expect(await machine.ask("cut -d' ' -f1 /proc/kallsyms | grep -v '^0*$' | head -n 1")).toBe('');
  });
});

describe('where the guards are missing', () => {
  it('the same calls reach the kernel, and the clock can be set', async () => {
    const outcomes = await unfiltered.attack('syscalls');
    expect(outcomes).not.toMatchObject(FILTERED);
    for (const [call, answer] of Object.entries(FILTERED)) {
      if (answer === 'EPERM') expect(`${call} ${outcomes[call]}`).not.toBe(`${call} EPERM`);
    }
    expect(successes(outcomes)).toEqual(
      expect.arrayContaining(['clock_settime', 'bpf', 'keyctl', 'perf_event_open', 'userfaultfd']),
    );
  });
});

describe('where the filter is missing', () => {
  it('the 32-bit calls reach the kernel too', async () => {
    const {
      'i386-keyctl': keyctl,
      'i386-userfaultfd': userfaultfd,
      'i386-bpf': bpf,
    } = await unfiltered.attack('compat');
    expect([keyctl, userfaultfd, bpf]).toEqual(['ok', 'ok', 'EINVAL']);
  });
});

describe('where masks and read-only paths are missing', () => {
  const uncovered = withTarget(host, 'uncovered', {
    settings: ['privileged=true'],
    weakenings: [
      { without: '^(mask|read-only) ' },
      { of: 'mount', replace: 'noexec,read-only', by: 'noexec' },
    ],
  });

  it("the same paths show and take what is the host's", async () => {
    expect(await writableSettings(uncovered)).toEqual(expect.arrayContaining(['/proc/sys/kernel/panic']));
    const outcomes = await uncovered.attack(
      'opening',
      'r',
      '/proc/timer_list',
      'r',
      '/proc/interrupts',
      'w',
      '/sys/kernel/mm/transparent_hugepage/enabled',
    );
    expect(writtenOrRead(outcomes)).toHaveLength(3);
  });
});

function boundingSet(status: string): readonly string[] {
  const bits = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return CAPABILITIES.filter(({ number }) => (bits >> BigInt(number)) & 1n).map(({ name }) => name);
}

/** Settings are opened, never written: without the guard they would be the host's. */
async function writableSettings(target: Target): Promise<readonly string[]> {
  const settings = readdirSync('/proc/sys', { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => !path.startsWith('/proc/sys/net/') && !OWN_SETTINGS.test(path));
  const opened: string[] = [];
  for (let at = 0; at < settings.length; at += 200) {
    const tries = settings.slice(at, at + 200).flatMap((path) => ['w', path]);
    opened.push(...successes(await target.attack('opening', ...tries)));
  }
  return opened;
}

/** None: even what the kernel keeps for each namespace is read-only, as the field has it. */
const OWN_SETTINGS = /^$/;

function writtenOrRead(outcomes: Outcomes): readonly string[] {
  return successes(outcomes);
}
