/** What the busybox template does, apart from what is told of it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TemplateContext } from '../template.ts';
import { readApplets } from './applets.ts';
import { findBinary } from './find-binary.ts';
import { writeTree } from './tree.ts';

/** Raised whenever the tree's content changes for the same binary: images of older machines keep theirs. */
const treeVersion = 1;

export async function imageKey(context: TemplateContext): Promise<string> {
  const binary = await readFile(await findBinary(context));
  const digest = createHash('sha256').update(`busybox tree ${treeVersion}\n`).update(binary).digest('hex');
  return `busybox-${digest}`;
}

export async function build(context: TemplateContext, target: string): Promise<void> {
  const binary = await findBinary(context);
  context.progress(`making a busybox image from ${binary}`);
  await writeTree(target, binary, await readApplets(binary, context.signal));
}
