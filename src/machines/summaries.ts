/** What commands are told about machines: rows of `list`, one in full. Types alone. */
import type { BackendName, ExitRecord, MachineStatus } from '../backends/backend.ts';
import type { MachineConfig } from './config/config-schema.ts';

export type MachineState = MachineStatus['state'];

/** One row of `list`; the shape of `list --json` (cli.md). */
export interface MachineSummary {
  readonly name: string;
  readonly backend: BackendName;
  readonly state: MachineState;
  readonly template: string;
  readonly privileged: boolean;
  readonly pid: number | null;
  readonly addresses: readonly string[];
  readonly memoryBytes: number | null;
  readonly cpuUsec: number | null;
  readonly tasks: number | null;
  readonly snapshots: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  /** When it starts again by itself (restart.policy), while it is down; else null. */
  readonly restartAt: string | null;
  /** It is gone for good when it ends. */
  readonly ephemeral: boolean;
}

/** What restart.policy has done; null without one. */
export interface RestartState {
  readonly policy: 'on-failure' | 'always';
  /** Within the time of restart.limit, since a person started it. */
  readonly restarts: number;
  /** The limit was reached. */
  readonly givenUp: boolean;
}

/** One machine as it is stored, and whether it runs. */
export interface MachineDetails extends MachineSummary {
  readonly config: MachineConfig;
  readonly lastExit: ExitRecord | null;
  readonly restart: RestartState | null;
  /** What it does once, at its first start; null if it was made without user data. */
  readonly firstBoot: FirstBootSummary | null;
  readonly problem: string | null;
  /** Null: no manager keeps it, it is a native one. */
  readonly managed: ManagedDetails | null;
}

/** What is told of the machines alone that a manager keeps. Names and paths in it were chosen by anybody. */
export interface ManagedDetails {
  /** The unit of systemd that it runs in, or would run in. */
  readonly unit: string;
  /** Who registered it, for example systemd-nspawn; null while it is down. */
  readonly service: string | null;
  /** Null: it runs from somewhere else. */
  readonly image: {
    readonly path: string;
    readonly kind: 'directory' | 'subvolume' | 'raw' | 'block';
    readonly readOnly: boolean;
  } | null;
  /** Of its files on the host; null if it is not known. */
  readonly rootDirectory: string | null;
  /** What its os-release calls the system that is in it; null if it has none. */
  readonly system: string | null;
}

export interface FirstBootSummary {
  /** How many steps are to be done yet. */
  readonly left: number;
  /** "runcmd: exit code 3". */
  readonly failures: readonly string[];
}

/** Bytes on disk; null if they cannot be told. */
export interface LayerSize {
  readonly id: string;
  readonly bytes: number | null;
}
