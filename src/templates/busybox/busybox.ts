import { madeLate } from '../made-late.ts';
import type { Template } from '../template.ts';

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

  ...madeLate(() => import('./making.ts')),
};
