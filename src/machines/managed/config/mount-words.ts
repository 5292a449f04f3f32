/** Folders of the host, and file systems in memory: [Files]. What others wrote and a config cannot say stays, and is not shown. */
import { isDeepStrictEqual } from 'node:util';
import type { BindMount, TmpfsMount } from '../../../backends/backend.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { MachineError } from '../../errors.ts';
import { isPlainPath } from '../../values/plain-path.ts';
import { parseSize } from '../../values/quantities.ts';
import { isPrivileged } from './isolation-words.ts';
import type { ConfigWord, ValuesOf } from './word.ts';

export const mountWords: readonly ConfigWord[] = [
  {
    // Their ids are mapped where the machine has users of its own.
    part: ({ binds, privileged }) => ({ binds, isMapped: binds.length > 0 && !privileged }),
    read: (config, values) => ({
      ...config,
      binds: [...readBinds(values, false), ...readBinds(values, true)],
    }),
    write: (config, values) => [
      { section: 'Files', key: 'Bind', values: writeBinds(config, values, false) },
      { section: 'Files', key: 'BindReadOnly', values: writeBinds(config, values, true) },
    ],
  },
  {
    part: ({ tmpfs }) => tmpfs,
    read: (config, values) => ({
      ...config,
      tmpfs: values('Files', 'TemporaryFileSystem').flatMap((line) => parseTmpfs(line) ?? []),
    }),
    write: ({ tmpfs }, values) => [
      {
        section: 'Files',
        key: 'TemporaryFileSystem',
        values: merged(values('Files', 'TemporaryFileSystem'), tmpfs, parseTmpfs, formatTmpfs),
      },
    ],
  },
];

function bindKey(readOnly: boolean): 'Bind' | 'BindReadOnly' {
  return readOnly ? 'BindReadOnly' : 'Bind';
}

function readBinds(values: ValuesOf, readOnly: boolean): readonly BindMount[] {
  return values('Files', bindKey(readOnly)).flatMap((line) => parseBind(line, readOnly) ?? []);
}

function writeBinds({ binds, privileged }: MachineConfig, values: ValuesOf, readOnly: boolean) {
  const wasPrivileged = isPrivileged(values('Exec', 'PrivateUsers').at(-1));
  const lines = values('Files', bindKey(readOnly));
  return merged(
    privileged === wasPrivileged ? lines : lines.map((line) => mappedAnew(line, privileged)),
    binds.filter((bind) => bind.readOnly === readOnly),
    (line) => parseBind(line, readOnly),
    (bind) => formatBind(bind, privileged),
  );
}

/** Lines that say what is wanted stay as they are written, in their places; so do those that cannot be read. */
function merged<T>(
  lines: readonly string[],
  wanted: readonly T[],
  parse: (line: string) => T | undefined,
  format: (one: T) => string,
): readonly string[] {
  const left = [...wanted];
  const kept = lines.filter((line) => {
    const one = parse(line);
    if (one === undefined) return true;
    const at = left.findIndex((other) => isDeepStrictEqual(other, one));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return [...kept, ...left.map(format)];
}

/** SOURCE[:PATH[:OPTIONS]], a backslash before a colon or a backslash that is meant. */
function parseBind(line: string, readOnly: boolean): BindMount | undefined {
  const [source = '', path = source, , ...more] = fields(line);
  return more.length === 0 && isPlainPath(source) && isPlainPath(path)
    ? { source, path, readOnly }
    : undefined;
}

/** Ids are the same inside as outside, as with every machine of ours: without a user namespace they are so anyway. */
function formatBind({ source, path, devices }: BindMount, privileged: boolean): string {
  if (devices === true) {
    throw new MachineError(
      'unsupported',
      `bind: ${source}: device nodes cannot be allowed with their folder`,
      {
        subject: 'bind',
        hint: `allow each of them: devices.allow="${source}/NODE rw"`,
      },
    );
  }
  const places = [source, path].map((one) => escaped('bind', one)).join(':');
  return privileged ? places : `${places}:idmap`;
}

/** systemd-nspawn refuses to start a machine without users of its own that is to map ids. Other options stay as somebody wrote them. */
function mappedAnew(line: string, privileged: boolean): string {
  const bind = parseBind(line, false);
  const [, , options = ''] = fields(line);
  return bind === undefined || !['', 'idmap'].includes(options) ? line : formatBind(bind, privileged);
}

function parseTmpfs(line: string): TmpfsMount | undefined {
  const [path = '', ...options] = fields(line);
  if (!isPlainPath(path)) return undefined;
  const size = options
    .join(':')
    .split(',')
    .findLast((option) => option.startsWith('size='))
    ?.slice('size='.length);
  if (size === undefined) return { path };
  // A share of memory is nothing that a config can say.
  const sizeBytes = parseSize(size);
  return sizeBytes === undefined || sizeBytes === 0 ? undefined : { path, sizeBytes };
}

function formatTmpfs({ path, sizeBytes }: TmpfsMount): string {
  const place = escaped('tmpfs', path);
  return sizeBytes === undefined ? place : `${place}:size=${sizeBytes}`;
}

function fields(line: string): readonly string[] {
  const found = [''];
  for (const [whole, plain] of line.matchAll(/\\([\s\S])|[\s\S]/g)) {
    if (whole === ':') found.push('');
    else found[found.length - 1] += plain ?? whole;
  }
  return found;
}

function escaped(key: string, path: string): string {
  if (/[\n\r]|\s$/.test(path)) {
    throw new MachineError('unsupported', `${key}: a settings file cannot say ${JSON.stringify(path)}`, {
      subject: key,
      hint: 'choose a path of one line that does not end with a space',
    });
  }
  return path.replace(/[\\:]/g, '\\$&');
}
