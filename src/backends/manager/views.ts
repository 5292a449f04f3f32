/** What machines there are: a part of the seam to a manager. */
import type { ExitRecord, MachineStatus, MachineUsage } from '../backend.ts';
import type { Inspection } from '../inspection.ts';
import type { Remaining } from '../remaining.ts';
import type { SamplerOptions, SampleScope, UsageSampler } from '../usage.ts';
import type { ManagedImage } from './images.ts';

/** A machine has an image, or runs, or both: one that runs from a directory elsewhere has no image. */
export interface ManagedMachine {
  readonly name: string;
  /** Null: it runs from somewhere else. */
  readonly image: ManagedImage | null;
  readonly status: MachineStatus;
  /** The unit of systemd that it runs in, or would run in. */
  readonly unit: string;
  /** Who registered it, for example systemd-nspawn, libvirt-lxc; null while it is down. */
  readonly service: string | null;
  /** Of its root file system on the host; null if it is not known. */
  readonly rootDirectory: string | null;
  /** Of one that runs: whether root inside is root of the host. Absent: it is not known. */
  readonly sharesHostIds?: boolean;
}

/** Of its image, limits and exclusive bytes are not told here. */
export interface ListedMachine extends ManagedMachine {
  /** SNAPSHOT of each image NAME@SNAPSHOT; others than ours may be among them. */
  readonly keptStates: readonly string[];
}

export interface MachineFacts {
  /** IPv4 and IPv6, as the manager tells them; link-local ones left out. */
  readonly addresses: readonly string[];
  /** os-release(5): keys as there. */
  readonly osRelease: Readonly<Record<string, string>>;
}

export interface ManagedViews {
  /** Names of machines, sorted; kept states (NAME@SNAPSHOT) and hidden images are none. */
  names(): Promise<readonly string[]>;
  /** All machines, by name, whatever their number in a few calls that are sent at once. */
  all(): Promise<readonly ListedMachine[]>;
  /** Undefined: there is none of this name. */
  find(name: string): Promise<ManagedMachine | undefined>;
  /** SNAPSHOT of each image NAME@SNAPSHOT, as in a list. */
  keptStates(name: string): Promise<readonly string[]>;
  /** Of what cannot be told, nothing. */
  facts(name: string): Promise<MachineFacts>;
  /** machine-id(5) of one that runs, or in the image of this name, also a kept state's: 32 hex digits. Undefined if it has none yet, or it cannot be told. */
  machineId(name: string): Promise<string | undefined>;
  /** As in `facts`, of all that run, by name. */
  addressesOfAll(machines: readonly ManagedMachine[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** What its unit executes, words of a command line; empty if there is no such unit. */
  startCommand(name: string): Promise<readonly string[]>;
  /** Of a machine that runs; a figure that is not known is undefined. */
  usage(name: string): Promise<MachineUsage>;
  /** As `usage`, of all that run, by name. */
  usageOfAll(machines: readonly ManagedMachine[]): Promise<ReadonlyMap<string, MachineUsage>>;
  /** As far as the manager, or the journal of the host, still knows it of a machine of this name: there may have been another one before. */
  lastExit(name: string): Promise<ExitRecord | undefined>;
  /** @throws BackendError 'not-running' */
  inspect(name: string): Promise<Inspection>;
  /** Also of one whose init is gone. */
  remaining(name: string): Promise<Remaining>;
  openSampler(scope: SampleScope, options: SamplerOptions): Promise<UsageSampler>;
}
