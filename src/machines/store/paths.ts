/** Where everything lies. Two folders: `root` keeps, `runRoot` is volatile. */
import { normalize } from 'node:path';

export interface Paths {
  readonly root: string;
  readonly machines: string;
  readonly machine: (name: string) => string;
  readonly snapshots: (machine: string) => string;
  readonly snapshot: (machine: string, snapshot: string) => string;
  /** dir, btrfs: the whole tree of the snapshot. */
  readonly snapshotTree: (machine: string, snapshot: string) => string;
  readonly runDirectory: (name: string) => string;
  readonly locks: string;
  readonly events: string;
  readonly intents: string;
  /** Half-made things: what lies here after its command's death is removed. */
  readonly stagings: string;
  /** One folder a machine that is being made. */
  readonly staging: (name: string) => string;
  /** Machines that are to start again, while that is waited for: one file each. */
  readonly restarts: string;
  /** Machines that go when they end. */
  readonly ephemeral: string;
  readonly layers: string;
  readonly layer: (id: string) => string;
  readonly layerTree: (id: string) => string;
  readonly images: string;
  readonly image: (key: string) => string;
  readonly trash: string;
  /** First boots of machines that a manager keeps, which has no directory for them: one file each, by what their own facts say. */
  readonly firstBoots: string;
  /** See reserve.ts. */
  readonly reserve: string;
  /** Downloads worth keeping; anything here may be removed at any time. */
  readonly cache: string;
}

/** In a machine's directory: what it does at its first start. */
export const FIRST_BOOT_FILE = 'first-boot.json';
export const CONFIG_FILE = 'config.json';
/** The version before the last change, kept beside it for a person to go back to. */
export const PREVIOUS_CONFIG_FILE = 'config.json.previous';

/** Begins the name of what is being deleted for good: no layer, snapshot or entry of the trash begins so. */
export const DOOMED = '.';

/** Names and ids are checked and have no slashes: put together by hand, since `list` makes some of each machine. */
export function pathsOf(givenRoot: string, givenRunRoot: string): Paths {
  const [root, runRoot] = [withoutSlash(givenRoot), withoutSlash(givenRunRoot)];
  return {
    root,
    machines: `${root}/machines`,
    machine: (name) => `${root}/machines/${name}`,
    snapshots: (machine) => `${root}/machines/${machine}/snapshots`,
    snapshot: (machine, snapshot) => `${root}/machines/${machine}/snapshots/${snapshot}`,
    snapshotTree: (machine, snapshot) => `${root}/machines/${machine}/snapshots/${snapshot}/root`,
    runDirectory: (name) => `${runRoot}/${name}`,
    locks: `${root}/locks`,
    events: `${root}/events`,
    intents: `${root}/intents`,
    stagings: `${root}/staging`,
    staging: (name) => `${root}/staging/${name}`,
    restarts: `${root}/restarts`,
    ephemeral: `${root}/ephemeral`,
    layers: `${root}/layers`,
    layer: (id) => `${root}/layers/${id}`,
    layerTree: (id) => `${root}/layers/${id}/fs`,
    images: `${root}/images`,
    image: (key) => `${root}/images/${key}.json`,
    trash: `${root}/trash`,
    firstBoots: `${root}/first-boots`,
    reserve: `${root}/reserve`,
    cache: `${root}/cache`,
  };
}

function withoutSlash(path: string): string {
  return normalize(path).replace(/\/+$/, '');
}
