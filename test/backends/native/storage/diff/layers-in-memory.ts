/** Layers as objects, shown one over another by the rules of overlayfs: a stand-in for the helper. */
import type { FoundEntry, TreeReader } from '../../../../../src/backends/native/storage/diff/tree-reader.ts';
import type { TreeEntry } from '../../../../../src/backends/native/storage/trees/tree-entries.ts';

/** text: a file; { to }: a link; null: a whiteout; {}: a directory; 'opaque': one that hides lower ones. */
export type Content =
  | string
  | null
  | { readonly to?: string; readonly opaque?: true; readonly mode?: number; readonly text?: string };

/** By path without a leading slash; parents are there by themselves. */
export type Layer = Readonly<Record<string, Content>>;

export function readerOf(layers: Readonly<Record<string, Layer>>): TreeReader {
  const trees = Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [name, entriesOf(name, layer)]),
  );
  const entry = (layer: string, path: string) => trees[layer]?.get(path);
  const texts = (layer: string, path: string) => {
    const content = layers[layer]?.[path];
    return typeof content === 'string' ? content : content?.text;
  };
  return {
    async *scan(layer, path) {
      for (const [each, found] of trees[layer] ?? []) {
        if (path === '' || each === path || each.startsWith(`${path}/`)) yield found;
      }
    },
    find: async (stack, paths) => paths.map((path) => visible(stack, path, entry)),
    haveSameContent: async (pairs) =>
      pairs.map(({ path, layer, other }) => texts(layer, path) === texts(other, path)),
  };
}

function visible(
  stack: readonly string[],
  path: string,
  entry: (layer: string, path: string) => TreeEntry | undefined,
): FoundEntry | undefined {
  let open = stack.map((name, layer) => ({ name, layer }));
  const parts =
    path === '' ? [''] : path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
  let found: FoundEntry | undefined;
  for (const part of parts) {
    found = undefined;
    const next: typeof open = [];
    for (const each of open) {
      const here = entry(each.name, part);
      if (here === undefined) continue;
      if (here.whiteout || (here.type !== 'directory' && found !== undefined)) break;
      found ??= { ...here, layer: each.layer };
      if (here.type !== 'directory') break;
      next.push(each);
      if (here.opaque) break;
    }
    open = next;
  }
  return found;
}

function entriesOf(name: string, layer: Layer): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>([['', entryOf(name, '', {})]]);
  for (const [path, content] of Object.entries(layer)) {
    const parents = path.split('/').map((_, index, all) => all.slice(0, index).join('/'));
    for (const parent of parents) if (!entries.has(parent)) entries.set(parent, entryOf(name, parent, {}));
    entries.set(path, entryOf(name, path, content));
  }
  return entries;
}

function entryOf(layer: string, path: string, content: Content): TreeEntry {
  const { to, opaque, mode, text } = typeof content === 'string' ? { text: content } : (content ?? {});
  return {
    path,
    type: typeOf(content),
    mode: mode ?? (text === undefined ? 0o755 : 0o644),
    uid: 0,
    gid: 0,
    size: text?.length ?? 0,
    device: '0:0',
    inode: `${layer}:${path}`,
    depth: 0,
    modifiedNs: '0',
    links: 1,
    bytes: 0,
    redirected: false,
    target: to ?? '',
    xattrs: '0',
    whiteout: content === null,
    opaque: opaque ?? false,
  };
}

function typeOf(content: Content): TreeEntry['type'] {
  if (content === null) return 'character';
  if (typeof content === 'string' || content.text !== undefined) return 'file';
  return content.to === undefined ? 'directory' : 'symlink';
}
