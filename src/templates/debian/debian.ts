import { madeLate } from '../made-late.ts';
import type { Template } from '../template.ts';
import { debianReleases, ubuntuReleases } from './distributions.ts';

/** A whole distribution with systemd, from the archive's own signed packages. */
export const debian: Template = {
  name: 'debian',
  summary:
    "Debian or Ubuntu with systemd, installed from the packages of the host's own sources, or of a mirror",
  options: [
    { name: 'distribution', description: 'debian or ubuntu', default: 'debian' },
    {
      name: 'release',
      description: "Code name, such as bookworm; the host's own when empty, or else the newest stable one",
      default: '',
    },
    { name: 'variant', description: 'minbase, important, standard or buildd', default: 'minbase' },
    { name: 'packages', description: 'Names of more packages, with commas between them', default: '' },
    {
      name: 'mirror',
      description: "Address of an archive's mirror; the host's own sources when empty, or else the archive's",
      default: '',
    },
    {
      name: 'console-login',
      description: 'root: the console is logged in as root; password: it asks for a name and a password',
      default: 'root',
    },
  ],
  defaults: {
    init: {
      argv: ['/sbin/init'],
      environment: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        // systemd hands it on to the login at the console.
        TERM: 'xterm-256color',
      },
      workingDirectory: '/',
      user: { uid: 0, gid: 0, groups: [] },
      notifies: true,
    },
    // systemd(1): halt.target and reboot.target; SIGTERM only makes it execute itself again.
    signals: { halt: 'SIGRTMIN+3', reboot: 'SIGRTMIN+5' },
  },
  otherNames: {
    ubuntu: 'distribution=ubuntu',
    ...Object.fromEntries(ubuntuReleases.map((name) => [name, `distribution=ubuntu release=${name}`])),
    ...Object.fromEntries(debianReleases.map((name) => [name, `release=${name}`])),
  },

  ...madeLate(() => import('./making.ts')),
};
