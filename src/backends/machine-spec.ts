/** A part of the seam: what decides how a machine is made, and where it lies. */
import type { PressureThresholds } from './limit-news.ts';
import type { CgroupLimits } from './limits.ts';

export type BackendName = 'native' | 'nspawn';

/** A host id range given to one machine at create: ids 0..count-1 inside are base..base+count-1 outside. */
export interface IdRange {
  readonly base: number;
  readonly count: number;
}

export interface BindMount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the machine. */
  readonly path: string;
  readonly readOnly: boolean;
  /** True: device nodes in the directory work in the machine. A bind of a device node itself always works. */
  readonly devices?: boolean;
}

export interface TmpfsMount {
  readonly path: string;
  /** Bytes; undefined leaves the kernel's default (half of memory). */
  readonly sizeBytes?: number;
}

export interface ResourceLimit {
  readonly soft: number | 'unlimited';
  readonly hard: number | 'unlimited';
}

/** The first process. */
export interface InitSpec {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
  /** It says READY=1 by sd_notify(3) when the machine has booted, as systemd does. */
  readonly notifies?: boolean;
}

/** What init understands. 'auto': SIGRTMIN+3 if PID 1 blocks it, else SIGPWR (as lxc). */
export interface InitSignals {
  readonly halt: string;
  readonly reboot: string;
}

export type StorageDriverName = 'overlay' | 'btrfs' | 'dir';

export interface StorageSpec {
  readonly driver: StorageDriverName;
  /** Absolute directories of the read-only layers, top first. */
  readonly layers: readonly string[];
}

/** Who a machine is, in its own files. */
export interface Identity {
  /** 128 bits, 32 lower-case hex digits: the machine-id and container_uuid. */
  readonly machineId: string;
  readonly hostname: string;
}

/** Everything that decides how a machine is made: from the stored config alone, never from the clock or the host's mood. */
export interface MachineSpec extends Identity {
  readonly name: string;
  readonly template: string;
  readonly idRange: IdRange | undefined;
  /** True: no user namespace; root inside is root outside. */
  readonly privileged: boolean;
  readonly nesting: boolean;
  readonly noNewPrivileges: boolean;
  readonly seccomp: 'default' | 'off';
  /** default, off, or the name of a profile that the host has loaded; default is none where there is no AppArmor. */
  readonly apparmor: string;
  /** Capability names without CAP_, lower case, added to or taken from the default set. */
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly init: InitSpec;
  readonly signals: InitSignals;
  readonly storage: StorageSpec;
  readonly binds: readonly BindMount[];
  readonly tmpfs: readonly TmpfsMount[];
  readonly rlimits: Readonly<Record<string, ResourceLimit>>;
  readonly limits: CgroupLimits;
  /** What is told of when it is exceeded. */
  readonly pressure: PressureThresholds;
  /** Bytes kept of the console's output. */
  readonly consoleLogBytes: number;
}

/** A machine as a backend sees it: its spec and the two directories that are its own. */
export interface MachineHandle {
  readonly spec: MachineSpec;
  /** Persistent, for example /var/lib/tsmachine/machines/NAME; the domain made it. */
  readonly directory: string;
  /** Volatile, for example /run/tsmachine/NAME; the backend makes and removes it. */
  readonly runDirectory: string;
}
