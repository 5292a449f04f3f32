// systemd-nspawn without a systemd host: a command in a fresh container, from start to end.
import { join } from 'node:path';
import { isInstalled, timed } from '../measure.mjs';
import { makeTree } from './tree.mjs';

export const nspawn = {
  name: 'systemd-nspawn',
  command: 'systemd-nspawn',
  isAvailable: () => isInstalled('systemd-nspawn'),
  open(scratch, busybox) {
    const tree = join(scratch, 'nspawn-tree');
    makeTree(tree, busybox);
    const base = ['systemd-nspawn', '-q', '--register=no', '--keep-unit', '-D', tree];
    // It runs in the foreground, so its start is measured with the shortest command, end included.
    return { start: () => timed([...base, '/bin/true']), startsToTheEnd: true, close: () => undefined };
  },
};
