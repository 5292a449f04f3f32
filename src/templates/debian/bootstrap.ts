/**
 * Runs mmdebstrap in a mount and a process namespace of its own. Whatever it mounts is gone with the namespace, and with the first process
 * of the other one all of its processes are, however this ends: by Ctrl-C, a failure, or SIGKILL to us.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import type { Sources } from './host-sources.ts';
import type { DebianOrder } from './order.ts';
import { proxies } from './proxies.ts';

/** Of what it said, for the error. */
const KEPT_LINES = 200;

/**
 * The tree is reached at /mnt, because apt fetches as a user of its own, who may not look into our folders; it would else do so as root.
 * /tmp is a file system that goes with all else.
 */
const surroundings =
  'set -e; mount --bind -- "$1" /mnt; mount -t tmpfs -o mode=1777 tmpfs /tmp; shift; exec "$@"';
const TREE = '/mnt';

/** What runs in the namespaces: all words of a person are arguments of their own. */
export function mmdebstrapArguments(order: DebianOrder, { entries, stanzas }: Sources): readonly string[] {
  return [
    '--mode=root',
    '--format=directory',
    `--variant=${order.variant}`,
    `--include=${order.packages.join(',')}`,
    '--',
    order.release,
    TREE,
    ...(stanzas === '' ? [] : ['-']),
    ...entries,
  ];
}

/** @throws TemplateError when a tool is missing, or with the last words of mmdebstrap */
export async function bootstrap(
  context: TemplateContext,
  order: DebianOrder,
  sources: Sources,
  target: string,
  systemPath = '/usr/sbin:/usr/bin:/sbin:/bin',
): Promise<void> {
  // chroot and mount are there, and the PATH of a user may be without it.
  const path = `${process.env['PATH'] ?? ''}:${systemPath}`;
  await requireTools(path);
  const { progress, signal } = context;
  const { name } = order.distribution;
  progress(`installing ${name} ${order.release} with mmdebstrap (a minute, and then never again)`);
  const argv = [
    ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'],
    ...['sh', '-c', surroundings, 'sh', target],
    ...['mmdebstrap', ...mmdebstrapArguments(order, sources)],
  ];
  const said = await runToEnd(['--pdeathsig', 'KILL', 'unshare', ...argv], {
    // Nothing of ours is the packages' business but the way to the network.
    env: {
      PATH: path,
      LC_ALL: 'C.UTF-8',
      DEBIAN_FRONTEND: 'noninteractive',
      HOME: '/root',
      ...(await proxies(process.env, signal)),
    },
    input: sources.stanzas,
    progress,
    signal,
  });
  if (said === undefined) return;
  throw new TemplateError(`${name} ${order.release} could not be installed: ${lastWords(said)}`, {
    hint: 'is there such a release on the mirror, are there such packages, and is there a network? See `tsmachine template info debian`',
    cause: new Error(said.join('\n')),
  });
}

/** Packages of Debian and Ubuntu; elsewhere they are called the same, where they exist. */
const tools: readonly (readonly [tool: string, package_: string])[] = [
  ['mmdebstrap', 'mmdebstrap'],
  ['unshare', 'util-linux'],
  ['setpriv', 'util-linux'],
];

async function requireTools(path: string): Promise<void> {
  for (const [tool, package_] of tools) {
    if (await isOnPath(tool, path)) continue;
    throw new TemplateError(`${tool} is not on this host: it installs Debian and Ubuntu`, {
      hint: `install the package ${package_}: apt-get install ${package_}`,
    });
  }
}

async function isOnPath(command: string, path: string): Promise<boolean> {
  for (const folder of path.split(delimiter)) {
    const found = await access(join(folder, command), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

interface Surroundings extends Pick<TemplateContext, 'progress' | 'signal'> {
  readonly env: NodeJS.ProcessEnv;
  readonly input: string;
}

/** Undefined: it succeeded; else what it said. Rejects with the signal's reason when that is aborted, after its end. */
async function runToEnd(
  args: readonly string[],
  { env, input, progress, signal }: Surroundings,
): Promise<readonly string[] | undefined> {
  // A group of its own: mmdebstrap hangs up its whole group when it fails, and Ctrl-C is ours to act upon.
  const child = spawn('setpriv', args, { detached: true, env, stdio: ['pipe', 'ignore', 'pipe'] });
  const kill = (): void => killGroup(child.pid);
  signal.addEventListener('abort', kill);
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (said.length > KEPT_LINES) said.shift();
    const step = /^I: (?!success)(.*)$/.exec(line)?.[1];
    if (step !== undefined) progress(step);
  });
  child.stdin.on('error', () => {}).end(input);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
      if (signal.aborted) kill();
    });
    signal.throwIfAborted();
    return code === 0 ? undefined : said;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** The whole group: unshare may not have told its child yet to die with it. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** The first error, for what comes after follows from it: of apt if it said one, else of mmdebstrap. */
function lastWords(said: readonly string[]): string {
  const errors = said.filter((line) => /^E: /.test(line)).map((line) => line.slice(3));
  return errors[0] ?? said.at(-1) ?? 'it said nothing';
}
