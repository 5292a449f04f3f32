import { busybox } from './busybox/busybox.ts';
import type { Template } from './template.ts';

/** All templates, in the order in which they are listed. */
export const templates: readonly Template[] = [busybox];

export function findTemplate(name: string): Template | undefined {
  return templates.find((template) => template.name === name);
}
