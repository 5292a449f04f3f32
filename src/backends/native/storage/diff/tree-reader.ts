/** What comparing two states needs to know of their layers; the helper reads them. Paths have a character for each byte (tree-entries.ts). */
import type { TreeEntry } from '../tree-entries.ts';

/** An entry as a whole stack of layers shows it. */
export interface FoundEntry extends TreeEntry {
  /** The number of the layer that it is in, 0 is the top. */
  readonly layer: number;
}

export interface TreeReader {
  /** Everything at and below the directory `path` of a layer; nothing if there is no directory. */
  scan(layer: string, path: string): AsyncIterable<TreeEntry>;
  /** What the stack (top first) shows at each of the paths, in their order. */
  find(stack: readonly string[], paths: readonly string[]): Promise<readonly (FoundEntry | undefined)[]>;
  /** Whether two regular files hold the same bytes. */
  haveSameContent(
    one: { readonly layer: string; readonly path: string },
    other: { readonly layer: string; readonly path: string },
  ): Promise<boolean>;
}
