/** How a limit stands in the files of a machine's group, in v2 and in v1: the interface of all controllers. */
import type { CgroupLimits, FileLimitName } from '../../../limits.ts';

export interface LimitWrite {
  readonly file: string;
  readonly value: string;
  /** The limit whose value it is, where it is not the one that is changed. */
  readonly limit?: FileLimitName;
  /** Whether it is left out where there is no such file once the controller is enabled. */
  readonly optional?: boolean;
  /** What puts back what the file said before; that text itself if left out. */
  readonly restore?: (before: string) => string;
}

export interface LimitChange<V> {
  readonly before: V;
  readonly after: V;
  /** All limits of the machine after the change. */
  readonly all: CgroupLimits;
}

/** The text of a file of the group, undefined if there is none. */
export type ReadFile = (file: string) => string | undefined;

/** What is on the host, besides the group's own files. */
export interface HostFiles {
  /** Whether groups of the limit's hierarchy have such a file. */
  readonly has: (file: string) => boolean;
  /** MAJOR:MINOR of the whole disk that a block device is, or lies on; undefined if there is none of the kind. */
  readonly diskNumber: (device: string) => string | undefined;
  /** What a cpuset has that nobody limits. */
  readonly cpuset: { readonly cpus: string; readonly mems: string } | undefined;
}

export interface LimitFiles<V> {
  /** In the order of writing. */
  writes(change: LimitChange<V>, host: HostFiles): readonly LimitWrite[];
  /**
   * What the kernel goes by; undefined if there is no such file.
   * @param set where several files say it, one that says otherwise is told
   */
  inForce(read: ReadFile, set: V): V | undefined;
}

/** No file: a program of the group does it. */
export const PROGRAM = Symbol('program');

export interface Limit<V> {
  /** What holds as long as nobody sets anything. */
  readonly standard: V;
  /** Or why v2 has nothing of the kind. */
  readonly unified: LimitFiles<V> | typeof PROGRAM | string;
  /** Or why v1 has nothing of the kind. */
  readonly legacy: LimitFiles<V> | string;
  /** Whether the kernel made of `set` what it says now, where it rounds or writes it otherwise. */
  readonly same?: (set: V, inForce: V, host: HostFiles) => boolean;
}

export type LimitTable<K extends FileLimitName = FileLimitName> = {
  readonly [N in K]: Limit<Exclude<CgroupLimits[N], undefined>>;
};
