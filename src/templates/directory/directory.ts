import { defaultInit } from '../init/default-init.ts';
import { madeLate } from '../made-late.ts';
import type { Template } from '../template.ts';

export const directory: Template = {
  name: 'directory',
  summary: 'A root file system that lies in a directory of the host: copied, or taken over',
  options: [
    { name: 'from', description: 'The directory', default: '' },
    { name: 'take-over', description: 'yes: it goes away once the machine is there', default: 'no' },
    { name: 'init', description: 'First program, with arguments; found when empty', default: '' },
  ],
  defaults: defaultInit,
  ...madeLate(() => import('./making.ts')),
  async findDefaults(context, tree) {
    return (await import('./making.ts')).findDefaults(context, tree);
  },
  async afterCreate(context, key) {
    await (await import('./making.ts')).takeAway(context, key);
  },
};
