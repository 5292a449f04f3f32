// lxc: one container of the shared tree, no network, as the launch figures of the field are given.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, run, timed, timedAtOnce } from '../measure.mjs';
import { makeTree } from './tree.mjs';

const name = 'tsmbench';

export function lxcConfiguration(tree, container) {
  return [
    'lxc.net.0.type = empty',
    `lxc.uts.name = ${container}`,
    `lxc.rootfs.path = dir:${tree}`,
    'lxc.init.cmd = /sbin/init',
    'lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed',
    'lxc.tty.max = 0',
    'lxc.signal.halt = SIGUSR2',
    '',
  ].join('\n');
}

/** lxc leaves an empty group `lxc.pivot` in each hierarchy: ours to remove, since we made lxc make it. */
export function removePivots() {
  for (const hierarchy of ['.', ...readdirSync('/sys/fs/cgroup')]) {
    try {
      rmdirSync(join('/sys/fs/cgroup', hierarchy, 'lxc.pivot'));
    } catch {
      // Another lxc is using it, or it was never made.
    }
  }
}

function monitorRss(path) {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.startsWith('[lxc monitor]') || !command.includes(path)) continue;
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    } catch {
      // The process ended between the two reads.
    }
  }
  return undefined;
}

export const lxc = {
  name: 'lxc',
  command: 'lxc-start',
  isAvailable: () => isInstalled('lxc-start'),
  open(scratch, busybox) {
    const path = join(scratch, 'lxc');
    const tree = join(scratch, 'lxc-tree');
    makeTree(tree, busybox);
    const define = (container) => {
      mkdirSync(join(path, container), { recursive: true });
      writeFileSync(join(path, container, 'config'), lxcConfiguration(tree, container));
    };
    define(name);
    const start = () => timed(['lxc-start', '-P', path, '-n', name, '-d']);
    const kill = () => timed(['lxc-stop', '-P', path, '-n', name, '-k']);
    return {
      start,
      kill,
      startAtOnce: () => timedAtOnce(['lxc-start', '-P', path, '-n', name, '-d']),
      killAtOnce: () => timedAtOnce(['lxc-stop', '-P', path, '-n', name, '-k']),
      exec: () => timed(['lxc-attach', '-P', path, '-n', name, '--', '/bin/true']),
      stop: () => timed(['lxc-stop', '-P', path, '-n', name]),
      list: () => timed(['lxc-ls', '-P', path, '-f']),
      create: (index) =>
        timed([
          'lxc-create',
          '-P',
          path,
          '-n',
          `created${index}`,
          '-t',
          'busybox',
          '--dir',
          join(scratch, `lxc-created${index}`),
        ]),
      defineMany: (count) => {
        for (let index = 0; index < count; index += 1) define(`many${index}`);
      },
      monitorRss: () => monitorRss(path),
      close: () => {
        run(['lxc-stop', '-P', path, '-n', name, '-k'], { mayFail: true });
        removePivots();
      },
    };
  },
};
