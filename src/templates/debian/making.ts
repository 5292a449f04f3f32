/** What the debian template does, apart from what is told of it. */
import { createHash } from 'node:crypto';
import type { TemplateContext } from '../template.ts';
import { bootstrap } from './bootstrap.ts';
import { furnish } from './furnish.ts';
import { readHostSystem } from './host-system.ts';
import { orderOf } from './order.ts';
import { sourcesOf } from './sources.ts';

/** Raised whenever what is made of the same options changes: images of older machines keep theirs. */
const treeVersion = 1;

export async function imageKey({ options }: TemplateContext): Promise<string> {
  const order = orderOf(options, await readHostSystem());
  const content = { treeVersion, arch: process.arch, order, sources: await sourcesOf(order) };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `${order.distribution.name}-${order.release}-${digest.slice(0, 32)}`;
}

export async function build(context: TemplateContext, target: string): Promise<void> {
  const order = orderOf(context.options, await readHostSystem());
  const sources = await sourcesOf(order);
  await bootstrap(context, order, sources, target);
  await furnish(target, order, sources);
}
