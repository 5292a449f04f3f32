/**
 * bind and tmpfs. Both are lists: `bind=` adds one (several by lines), `bind.N=` replaces the one with that number, and
 * `bind.N=` with nothing removes it.
 */
import type { BindMount, TmpfsMount } from '../../backends/backend.ts';
import { toPlainPath } from '../values/plain-path.ts';
import { formatSize, parseSize } from '../values/quantities.ts';
import type { ConfigKey, Refuse } from './key.ts';

/** dev: device nodes in the directory work. */
const bindOptions: ReadonlySet<string> = new Set(['ro', 'rw', 'dev']);
const bindAllowed =
  '/path/on/the/host:/path/in/the/machine, with :ro for read-only, :dev for its device nodes, :ro,dev for both; empty removes it';
const tmpfsAllowed = '/path or /path:SIZE such as /scratch:64M; empty removes it';

export const mountKeys: readonly ConfigKey[] = [
  {
    name: 'bind',
    summary: 'adds a folder or file of the host to the machine',
    allowed: bindAllowed,
    values: ['/'],
    adds: true,
    print: () => ({}),
    apply: (config, value, refuse) => ({ ...config, binds: added(config.binds, value, refuse, parseBind) }),
  },
  {
    name: 'bind.*',
    summary: 'replaces or, when empty, removes the bind with that number',
    allowed: bindAllowed,
    values: ['/'],
    print: ({ binds }) => numbered('bind', binds.map(formatBind)),
    apply: (config, value, refuse, member) => ({
      ...config,
      binds: replaced(config.binds, member, value, refuse, parseBind),
    }),
  },
  {
    name: 'tmpfs',
    summary: 'adds a file system in memory',
    allowed: tmpfsAllowed,
    values: ['/'],
    adds: true,
    print: () => ({}),
    apply: (config, value, refuse) => ({ ...config, tmpfs: added(config.tmpfs, value, refuse, parseTmpfs) }),
  },
  {
    name: 'tmpfs.*',
    summary: 'replaces or, when empty, removes the tmpfs with that number',
    allowed: tmpfsAllowed,
    values: ['/'],
    print: ({ tmpfs }) => numbered('tmpfs', tmpfs.map(formatTmpfs)),
    apply: (config, value, refuse, member) => ({
      ...config,
      tmpfs: replaced(config.tmpfs, member, value, refuse, parseTmpfs),
    }),
  },
];

type Parse<T> = (value: string, refuse: Refuse) => T;

function added<T>(list: readonly T[], value: string, refuse: Refuse, parse: Parse<T>): readonly T[] {
  return [...list, ...value.split('\n').map((line) => parse(line, refuse))];
}

/** The number after the last adds one too, so that what `config` prints can be given back. */
function replaced<T>(
  list: readonly T[],
  member: string,
  value: string,
  refuse: Refuse,
  parse: Parse<T>,
): readonly T[] {
  const index = /^\d+$/.test(member) ? Number(member) : Number.NaN;
  if (!(index <= list.length)) {
    return refuse(`there is no number ${member}; the next one is ${list.length}`);
  }
  return list.toSpliced(index, 1, ...(value === '' ? [] : [parse(value, refuse)]));
}

function numbered(name: string, values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index}`, value]));
}

function parseBind(value: string, refuse: Refuse): BindMount {
  const [from, to, options = 'rw', ...rest] = value.split(':');
  const [source, path, words] = [toPlainPath(from), toPlainPath(to), options.split(',')];
  const isValid = rest.length === 0 && words.every((word) => bindOptions.has(word));
  if (source === undefined || path === undefined || !isValid) return refuse();
  const bind = { source, path, readOnly: words.includes('ro') };
  return words.includes('dev') ? { ...bind, devices: true } : bind;
}

function formatBind({ source, path, readOnly, devices = false }: BindMount): string {
  const options = [...(readOnly ? ['ro'] : []), ...(devices ? ['dev'] : [])];
  return `${source}:${path}${options.length > 0 ? `:${options.join(',')}` : ''}`;
}

function parseTmpfs(value: string, refuse: Refuse): TmpfsMount {
  const [where, size, ...rest] = value.split(':');
  const path = toPlainPath(where);
  if (path === undefined || rest.length > 0) return refuse();
  return size === undefined ? { path } : { path, sizeBytes: parseSize(size) || refuse() };
}

function formatTmpfs({ path, sizeBytes }: TmpfsMount): string {
  return sizeBytes === undefined ? path : `${path}:${formatSize(sizeBytes)}`;
}
