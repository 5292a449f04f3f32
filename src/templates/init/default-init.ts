import type { TemplateDefaults } from '../template.ts';

/** Of a system whose init is not known before its files are there (find-init.ts): what most of them go by. */
export const defaultInit: TemplateDefaults = {
  init: {
    argv: ['/sbin/init'],
    environment: {},
    workingDirectory: '/',
    user: { uid: 0, gid: 0, groups: [] },
  },
  signals: { halt: 'auto', reboot: 'SIGINT' },
};
