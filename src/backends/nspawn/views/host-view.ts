/** Where the kernel is asked, and where images lie: tests point it at a tree of their own. */
import { readFileSync } from 'node:fs';
import { type CgroupLayout, readLayout } from '../../native/cgroups/layout.ts';

export interface HostView {
  readonly layout: CgroupLayout;
  readonly procRoot: string;
  /** Folders of images, in the order in which machined looks for them. */
  readonly imageFolders: readonly string[];
}

/** Of machined (systemd-machined.service(8), image_search_path of systemd). */
const IMAGE_FOLDERS = [
  '/etc/machines',
  '/run/machines',
  '/var/lib/machines',
  '/var/lib/container',
  '/usr/local/lib/machines',
  '/usr/lib/machines',
] as const;

export function readHostView(): HostView {
  return {
    layout: readLayout(readFileSync('/proc/self/mountinfo', 'utf8')),
    procRoot: '/proc',
    imageFolders: IMAGE_FOLDERS,
  };
}
