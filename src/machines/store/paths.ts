/** Where everything lies. Two folders: `root` keeps, `runRoot` is volatile. */
import { join } from 'node:path';

export interface Paths {
  readonly root: string;
  readonly machines: string;
  readonly machine: (name: string) => string;
  readonly runDirectory: (name: string) => string;
  readonly locks: string;
  readonly events: string;
  readonly intents: string;
  /** Half-made things, one folder a command: what lies here after its command's death is removed. */
  readonly staging: (name: string) => string;
  readonly layers: string;
  readonly layer: (id: string) => string;
  readonly layerTree: (id: string) => string;
  readonly image: (key: string) => string;
  readonly trash: string;
  /** Downloads worth keeping; anything here may be removed at any time. */
  readonly cache: string;
}

export const CONFIG_FILE = 'config.json';
/** The version before the last change, kept beside it for a person to go back to. */
export const PREVIOUS_CONFIG_FILE = 'config.json.previous';

export function pathsOf(root: string, runRoot: string): Paths {
  return {
    root,
    machines: join(root, 'machines'),
    machine: (name) => join(root, 'machines', name),
    runDirectory: (name) => join(runRoot, name),
    locks: join(root, 'locks'),
    events: join(root, 'events'),
    intents: join(root, 'intents'),
    staging: (name) => join(root, 'staging', name),
    layers: join(root, 'layers'),
    layer: (id) => join(root, 'layers', id),
    layerTree: (id) => join(root, 'layers', id, 'fs'),
    image: (key) => join(root, 'images', `${key}.json`),
    trash: join(root, 'trash'),
    cache: join(root, 'cache'),
  };
}
