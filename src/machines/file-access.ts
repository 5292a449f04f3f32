/** What commands ask for, and are told, about files that go in and out of machines. Types alone. */
import type { BindMount } from '../backends/backend.ts';
import type { TransferResult } from '../backends/files.ts';
import type { StorageWork } from '../backends/storage.ts';

export type { SkippedFile, TransferResult } from '../backends/files.ts';

export interface CopyRequest extends StorageWork {
  /** Of the host relative to the working directory, or `-`; of the machine absolute. */
  readonly sources: readonly string[];
  readonly target: string;
  /** What is missing on the way to the target is made. */
  readonly parents: boolean;
  /** Undefined: the machine's root, or who calls. */
  readonly owner: 'keep' | { readonly uid: number; readonly gid: number } | undefined;
  /** Set-id bits and file capabilities stay. */
  readonly setId: boolean;
}

export interface UnbindRequest {
  /** On the host; also the path inside, if no bind has this source. */
  readonly source: string;
  /** Inside; needed if the source is bound more than once. */
  readonly path: string | undefined;
  /** Also while processes use it: they keep what they have open. */
  readonly force: boolean;
}

export interface BindOutcome {
  readonly bind: BindMount;
  /** Whether a running machine has, or has lost, it already. */
  readonly live: boolean;
}

export interface FileAccess {
  /** From the host into a machine, in whatever state it is. */
  push(name: string, request: CopyRequest): Promise<TransferResult>;
  /** Out of a machine. */
  pull(name: string, request: CopyRequest): Promise<TransferResult>;
  /** Adds a bind to the configuration, and to the machine if it runs. Both, or nothing. */
  bind(name: string, bind: BindMount): Promise<BindOutcome>;
  unbind(name: string, request: UnbindRequest): Promise<BindOutcome>;
}
