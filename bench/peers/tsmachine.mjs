// tsmachine itself, as its user calls it: the bundle, in a root and under a cgroup parent of its own.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, run, timed } from '../measure.mjs';

export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cli = join(project, 'dist/cli.cjs');
const name = 'bench';

function monitorPid(root, machine) {
  const fields = readFileSync(join(root, 'run', machine, 'state'), 'latin1').split('\0');
  return fields[fields.indexOf('monitor') + 2];
}

/** KiB, as the kernel counts it. */
function rssOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** The shared groups that machines leave by design: ours, since we named their parent. */
function removeGroups(parent) {
  for (const hierarchy of ['.', ...readdirSync('/sys/fs/cgroup')]) {
    for (const group of [join(parent, 'monitors'), parent]) {
      try {
        rmdirSync(join('/sys/fs/cgroup', hierarchy, group));
      } catch {
        // Not in this hierarchy, or a last monitor is still leaving it.
      }
    }
  }
}

/** As /run, where it lies by default. */
function putRunFolderInMemory(root) {
  const memory = '/dev/shm';
  mkdirSync(root, { recursive: true, mode: 0o700 });
  if (existsSync(memory)) symlinkSync(mkdtempSync(join(memory, 'tsmachine-bench-')), join(root, 'run'));
}

/** What the symlink pointed to. */
function removeRunFolder(root) {
  rmSync(realpathSync(join(root, 'run')), { recursive: true, force: true });
}

/** A root folder in `scratch`; machines are made there as the caller wants them. */
export function openRoot(scratch) {
  const root = join(scratch, 'tsmachine');
  const parent = `tsmbench-${process.pid}`;
  const env = { ...environment, TSMACHINE_ROOT: root, TSMACHINE_CGROUP_PARENT: parent };
  const argv = (...words) => [process.execPath, cli, ...words];
  const call = (...words) => run(argv(...words), { env });
  const time = (...words) => timed(argv(...words), { env });
  const names = (prefix, count) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  putRunFolderInMemory(root);
  return {
    root,
    env,
    argv,
    call,
    time,
    start: () => time('start', name),
    exec: () => time('exec', name, '--', 'true'),
    kill: () => time('kill', name),
    stop: () => time('stop', name),
    list: () => time('list'),
    create: (index) => time('create', `created${index + 1}`, '-t', 'busybox'),
    defineMany: (count) => {
      for (const machine of names('many', count)) call('create', machine, '-t', 'busybox');
    },
    startMany: (count) => time('start', ...names('many', count)),
    killMany: (count) => time('kill', ...names('many', count)),
    monitorRss: () => rssOf(monitorPid(root, name)),
    monitorPids: (machines) => machines.map((machine) => monitorPid(root, machine)),
    close: () => {
      const machines = join(root, 'machines');
      // A scenario that failed before it made one.
      mkdirSync(machines, { recursive: true });
      run(argv('destroy', '--force', '--now', ...readdirSync(machines)), { env, mayFail: true });
      run(argv('trash', 'empty', '--yes'), { env, mayFail: true });
      const left = readdirSync(machines);
      run(['sleep', '0.5']);
      removeGroups(parent);
      removeRunFolder(root);
      if (left.length > 0) throw new Error(`machines are left: ${left.join(' ')}`);
    },
  };
}

function openTsmachine(scratch) {
  const opened = openRoot(scratch);
  opened.call('create', name, '-t', 'busybox');
  return opened;
}

export const tsmachine = { name: 'tsmachine', command: 'node', isAvailable: () => true, open: openTsmachine };
