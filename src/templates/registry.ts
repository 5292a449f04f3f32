import { busybox } from './busybox/busybox.ts';
import { debian } from './debian/debian.ts';
import { directory } from './directory/directory.ts';
import { tarball } from './tarball/tarball.ts';
import type { Template } from './template.ts';

/** All templates, in the order in which they are listed. */
export const templates: readonly Template[] = [busybox, debian, tarball, directory];

export function findTemplate(name: string): Template | undefined {
  return templates.find((template) => template.name === name);
}
