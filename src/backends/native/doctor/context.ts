import type { CgroupLayout } from '../cgroups/layout.ts';

/** Where an examination looks; tests point it at a tree of their own. */
export interface Examination {
  readonly root: string;
  readonly runRoot: string;
  readonly helperPath: string;
  readonly cgroupParent: string;
  readonly layout: CgroupLayout;
  readonly procRoot: string;
  /** Prefix of host paths such as /etc/subuid. */
  readonly hostRoot: string;
  /** Folders of commands, as in PATH. */
  readonly commandPath: string;
  readonly arch: string;
  readonly uid: number;
  /** Names of all machines. */
  readonly known: readonly string[];
}
