/** Fetches the distribution's own busybox package, signed and checked by its own tools, and unpacks it aside. */
import { constants } from 'node:fs';
import { access, mkdir, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../run.ts';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';

type Command = readonly [string, ...string[]];

interface Source {
  /** The package manager that shows which distribution this is. */
  readonly manager: string;
  readonly install: string;
  /** Ways to get the package into the current folder, tried in turn; each is a row of commands. */
  readonly ways: readonly (readonly Command[])[];
  readonly extension: string;
  /** Unpacks $1, an absolute path, into the current folder. */
  readonly unpack: string;
}

/** Package lists of our own: works on a machine whose lists were never fetched, without root, and changes nothing there. */
const ownLists = ['-o', 'Dir::State::Lists=./lists', '-o', 'Dir::Cache=./cache'];

const sources: readonly Source[] = [
  {
    manager: 'apt-get',
    install: 'apt-get install busybox-static',
    ways: [
      [['apt-get', '-q', 'download', 'busybox-static']],
      [
        ['apt-get', '-q', ...ownLists, 'update'],
        ['apt-get', '-q', ...ownLists, 'download', 'busybox-static'],
      ],
    ],
    extension: '.deb',
    unpack: 'dpkg-deb -x "$1" .',
  },
  {
    manager: 'dnf',
    install: 'dnf install busybox',
    ways: [[['dnf', '-q', 'download', 'busybox']]],
    extension: '.rpm',
    unpack: 'rpm2cpio "$1" | cpio -idm --quiet',
  },
  {
    manager: 'apk',
    install: 'apk add busybox-static',
    ways: [[['apk', 'fetch', '--quiet', 'busybox-static']]],
    extension: '.apk',
    unpack: 'tar -xzf "$1"',
  },
  {
    manager: 'pacman',
    install: 'pacman -S busybox',
    ways: [[['pacman', '-Sw', '--noconfirm', '--cachedir', '.', 'busybox']]],
    extension: '.pkg.tar.zst',
    unpack: 'tar -xf "$1"',
  },
  {
    manager: 'zypper',
    install: 'zypper install busybox-static',
    ways: [[['zypper', '--non-interactive', '--pkg-cache-dir', '.', 'download', 'busybox-static']]],
    extension: '.rpm',
    unpack: 'rpm2cpio "$1" | cpio -idm --quiet',
  },
];

/** Returns the path of the unpacked program, in the work directory. */
export async function fetchBusybox(context: TemplateContext): Promise<string> {
  const source = await findSource();
  if (source === undefined) {
    throw new TemplateError('no static busybox on this host, and no package manager to fetch one', {
      hint: 'install a static busybox, or name one: -- busybox=/path/to/busybox',
    });
  }
  context.progress(`fetching the package of busybox with ${source.manager}`);
  const folder = join(context.workDirectory, 'package');
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  await download(source, folder, context.signal);
  return unpack(source, folder, context.signal);
}

async function findSource(): Promise<Source | undefined> {
  for (const source of sources) {
    if (await onPath(source.manager)) return source;
  }
  return undefined;
}

async function onPath(command: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      await access(join(folder, command), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
    }
  }
  return false;
}

async function download(source: Source, folder: string, signal: AbortSignal): Promise<void> {
  let cause: unknown;
  for (const way of source.ways) {
    try {
      for (const [command, ...args] of way) await run(command, args, { cwd: folder, signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      cause = error;
    }
  }
  throw failure(source, 'could not be fetched', cause);
}

async function unpack(source: Source, folder: string, signal: AbortSignal): Promise<string> {
  const archive = await findFile(folder, (path) => path.endsWith(source.extension));
  if (archive === undefined) throw failure(source, 'was not delivered', undefined);
  const target = join(folder, 'content');
  await mkdir(target);
  try {
    await run('sh', ['-c', source.unpack, 'sh', archive], { cwd: target, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw failure(source, 'could not be unpacked', error);
  }
  const program = await findFile(target, (path) => /\/s?bin\/busybox([.-]static)?$/.test(path));
  if (program === undefined) throw failure(source, 'holds no busybox', undefined);
  return program;
}

/** With file types, because readdir otherwise follows symbolic links out of the folder. */
async function findFile(folder: string, matches: (path: string) => boolean): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find(matches);
}

function failure(source: Source, what: string, cause: unknown): TemplateError {
  const words = lastWords(cause);
  return new TemplateError(
    `no static busybox on this host, and its package ${what}${words === '' ? '' : `: ${words}`}`,
    { hint: `with a network, ${source.install}; or name one: -- busybox=/path/to/busybox`, cause },
  );
}

/** The last line that the failed command printed. */
function lastWords(cause: unknown): string {
  const stderr = typeof cause === 'object' && cause !== null && 'stderr' in cause ? String(cause.stderr) : '';
  return stderr.trim().split('\n').at(-1) ?? '';
}
