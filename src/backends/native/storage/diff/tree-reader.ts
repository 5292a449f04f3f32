/**
 * What comparing two states needs to know of directories of theirs. The helper reads them (tree-tools.ts).
 * Names are bytes and need not be UTF-8: paths and link targets here are strings with a character for each byte (latin1).
 */

/** A file as lstat(2) shows it. */
export interface FileEntry {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'block' | 'character';
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** MAJOR:MINOR of a device node. */
  readonly device: string;
  /** DEVICE:INODE: two names with the same are one file. */
  readonly identity: string;
  /** Of a symbolic link. */
  readonly target: string;
  /** A digest of the extended attributes, ACLs and file capabilities among them, without those of overlayfs. */
  readonly attributes: string;
}

/** An entry of one layer by itself, with the marks of overlayfs. */
export interface LayerEntry extends FileEntry {
  /** Relative to the layer, without a leading slash; '' is the layer's top. */
  readonly path: string;
  /** What lower layers have of that name is not to be seen. */
  readonly isWhiteout: boolean;
  readonly isOpaque: boolean;
}

/** An entry as a whole stack of layers shows it. */
export interface FoundEntry extends FileEntry {
  /** The number of the layer that it is in, 0 is the top. */
  readonly layer: number;
}

export interface TreeReader {
  /** Everything at and below the directory `path` of a layer; nothing if there is no directory. */
  scan(layer: string, path: string): AsyncIterable<LayerEntry>;
  /** What the stack (top first) shows at each of the paths, in their order. */
  find(stack: readonly string[], paths: readonly string[]): Promise<readonly (FoundEntry | undefined)[]>;
  /** Whether two regular files hold the same bytes. */
  haveSameContent(
    one: { readonly layer: string; readonly path: string },
    other: { readonly layer: string; readonly path: string },
  ): Promise<boolean>;
}
