import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Template, TemplateContext } from '../template.ts';
import { readApplets } from './applets.ts';
import { findBinary } from './find-binary.ts';
import { writeTree } from './tree.ts';

/** Raised whenever the tree's content changes for the same binary: images of older machines keep theirs. */
const treeVersion = 1;

/** A few hundred small tools in one static file, with its own init: the smallest machine that boots as a system does. */
export const busybox: Template = {
  name: 'busybox',
  summary: 'BusyBox: init, a root console, and the classic tools, in 2 MB; made without network',
  options: [
    {
      name: 'busybox',
      description: 'Path of the static busybox to use; found on the host, or fetched, when empty',
      default: '',
    },
  ],
  defaults: {
    init: {
      argv: ['/sbin/init'],
      // BusyBox init makes vt102 of a TERM that is unset or linux.
      environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TERM: 'xterm-256color' },
      workingDirectory: '/',
      user: { uid: 0, gid: 0, groups: [] },
    },
    // Measured with BusyBox 1.35 init: USR1, USR2 and PWR halt, TERM reboots, SIGRTMIN+3 is ignored.
    signals: { halt: 'SIGUSR2', reboot: 'SIGTERM' },
  },

  async imageKey(context: TemplateContext): Promise<string> {
    const binary = await readFile(await findBinary(context));
    const digest = createHash('sha256').update(`busybox tree ${treeVersion}\n`).update(binary).digest('hex');
    return `busybox-${digest}`;
  },

  async build(context: TemplateContext, target: string): Promise<void> {
    const binary = await findBinary(context);
    context.progress(`making a busybox image from ${binary}`);
    await writeTree(target, binary, await readApplets(binary, context.signal));
  },
};
