/**
 * The AppArmor profile of machines: apparmor.d(5). A second wall where the kernel has it: it holds whatever the machine's root
 * unmounts, and for a privileged machine it stands where an ordinary one has its user namespace. Pure.
 */
import type { MachineSpec } from '../../backend.ts';

export interface Profile {
  readonly name: string;
  readonly text: string;
}

/** Part of the names: another text is another profile, so that whether a profile is loaded tells whether it is the right one. */
const VERSION = 1;

/** What a machine that asks for no profile of its own is confined by: one for all machines of its kind. */
export function profileOf({ privileged, nesting }: Pick<MachineSpec, 'privileged' | 'nesting'>): Profile {
  const kinds = [...(privileged ? ['privileged'] : []), ...(nesting ? ['nesting'] : [])];
  const name = `tsmachine-${kinds.join('-') || 'default'}-v${VERSION}`;
  const rules = [
    '# Whatever is not denied below: files, capabilities and the network have other guards.',
    'capability,',
    'network,',
    'unix,',
    'dbus,',
    'file,',
    'umount,',
    'pivot_root,',
    'mount,',
    ...processRules(name),
    ...fileRules(),
    ...(nesting
      ? []
      : mountRules(
          KINDS_OF_THE_HOST,
          'file systems that show or steer the host, or that are for nested machines',
        )),
    ...(privileged && !nesting
      ? mountRules(KINDS_OF_DISKS, "disks of the host, which a privileged machine's root could read")
      : []),
  ];
  return { name, text: profileText(name, rules) };
}

/** The ABI fixes what the profile speaks of: what newer ones mediate besides is not refused for want of a rule. */
function profileText(name: string, rules: readonly string[]): string {
  return [
    '# Made by tsmachine.',
    'abi <abi/3.0>,',
    '',
    `profile ${name} flags=(attach_disconnected,mediate_deleted) {`,
    ...rules.map((rule) => `  ${rule}`),
    '}',
    '',
  ].join('\n');
}

/** Whoever may signal or trace from outside is the outside's matter; nobody in here reaches what has another label. */
function processRules(name: string): readonly string[] {
  return [
    '# Signals and traces do not leave machines.',
    'signal (receive),',
    `signal (send) peer=${name},`,
    'ptrace (readby, tracedby),',
    `ptrace (read, trace) peer=${name},`,
  ];
}

/** Also of the unmasked proc and sysfs that nested machines need. */
const VIEW = '/{,run/host/}';
/** Of /proc/sys all but net, which belongs to the network namespace. */
const SETTINGS = ['abi', 'crypto', 'debug', 'dev', 'fs', 'kernel', 'sunrpc', 'user', 'vm', 'xen'];
/** Nothing in /sys but the machine's own control groups: each name that does not lead there. */
const NOT_CGROUP = ['[^f]*', 'f[^s]*', 'fs/[^c]*', 'fs/c[^g]*'];

function fileRules(): readonly string[] {
  return [
    '# Settings of the host can be read, not written.',
    `deny ${VIEW}proc/sys/{${SETTINGS.join(',')}}/** wklx,`,
    `deny ${VIEW}proc/{acpi,asound,bus,fs,irq,scsi}/** wklx,`,
    ...NOT_CGROUP.map((names) => `deny ${VIEW}sys/${names}{,/**} wklx,`),
    '# Memory, keys and firmware of the host, and the policy of this very module, can be neither.',
    `deny ${VIEW}proc/{kcore,kallsyms,keys,sysrq-trigger,timer_list} rwklx,`,
    `deny ${VIEW}sys/firmware/** rwklx,`,
    `deny ${VIEW}sys/kernel/{debug,security,tracing}/** rwklx,`,
    'deny /dev/{mem,kmem,port} rwklx,',
  ];
}

/** v1 hierarchies have release_agent (CVE-2022-0492); overlays in a user namespace have been a way to the host's root. */
const KINDS_OF_THE_HOST = [
  ...[
    'bpf',
    'cgroup',
    'configfs',
    'debugfs',
    'devtmpfs',
    'efivarfs',
    'nfsd',
    'overlay',
    'pstore',
    'securityfs',
  ],
  'tracefs',
];

const KINDS_OF_DISKS = [
  ...[
    'bcachefs',
    'btrfs',
    'erofs',
    'exfat',
    'ext2',
    'ext3',
    'ext4',
    'f2fs',
    'hfs',
    'hfsplus',
    'iso9660',
    'jfs',
  ],
  ...['minix', 'msdos', 'ntfs', 'ntfs3', 'reiserfs', 'squashfs', 'udf', 'vfat', 'xfs'],
];

function mountRules(kinds: readonly string[], why: string): readonly string[] {
  return [`# No mounts of ${why}.`, ...kinds.map((kind) => `deny mount fstype=${kind},`)];
}
