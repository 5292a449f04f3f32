import { defaultInit } from '../init/default-init.ts';
import { madeLate } from '../made-late.ts';
import type { Template } from '../template.ts';

export const tarball: Template = {
  name: 'tarball',
  summary:
    'A root file system in a tar (.gz, .xz, .zst), from a file or by http: as of docker export, LXC, debootstrap',
  options: [
    { name: 'from', description: 'File or URL', default: '' },
    { name: 'sha256', description: 'Its checksum; a URL needs one, or for https the word none', default: '' },
    { name: 'folder', description: 'Folder in it that is the root; found when empty', default: '' },
    { name: 'init', description: 'First program, with arguments; found when empty', default: '' },
    {
      name: 'max-size',
      description: 'What may be unpacked (20G); nine tenths of what is free when empty',
      default: '',
    },
  ],
  defaults: defaultInit,

  ...madeLate(() => import('./making.ts')),
  async findDefaults(context, tree) {
    return (await import('./making.ts')).findDefaults(context, tree);
  },
};
