/** What comparing two states needs to know of their layers; the helper reads them. Paths have a character for each byte (trees/tree-entries.ts). */
import type { TreeEntry } from '../trees/tree-entries.ts';

/** An entry as a whole stack of layers shows it. */
export interface FoundEntry extends TreeEntry {
  /** The number of the layer that it is in, 0 is the top. */
  readonly layer: number;
}

/** One path in two layers. */
export interface FilePair {
  readonly path: string;
  readonly layer: string;
  readonly other: string;
}

export interface TreeReader {
  /** Everything at and below the directory `path` of a layer; nothing if there is no directory. */
  scan(layer: string, path: string): AsyncIterable<TreeEntry>;
  /** What the stack (top first) shows at each of the paths, in their order. */
  find(stack: readonly string[], paths: readonly string[]): Promise<readonly (FoundEntry | undefined)[]>;
  /** Of each pair, in their order: whether both are regular files that hold the same bytes. */
  haveSameContent(pairs: readonly FilePair[]): Promise<readonly boolean[]>;
}
