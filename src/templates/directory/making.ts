/** How an image is made from a directory. */
import type { TreeSurvey } from '../../backends/storage.ts';
import { findInit } from '../init/find-init.ts';
import type { TemplateContext, TemplateDefaults } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import { hasCanonicalIds, IDS, requireCanonicalIds } from '../trees/canonical-ids.ts';
import { readOptions } from './source.ts';

/** Raised whenever the same directory would become another tree. */
const treeVersion = 1;

/** Of all that the kernel tells about its files: their content is not read for it. */
export async function imageKey(context: TemplateContext): Promise<string> {
  const { from, init } = readOptions(context);
  // Without one nothing need be copied.
  findInit(from, init);
  return keyOf(await survey(context, from));
}

export async function build(context: TemplateContext, target: string): Promise<void> {
  const { from } = readOptions(context);
  const before = await survey(context, from);
  const idsFrom = shiftOf(before, from);
  if (idsFrom > 0)
    context.progress(`its ids begin at ${idsFrom}, as of a container: they are shifted to begin at 0`);
  await context.trees.copyTree(from, target, { idsFrom, bytes: before.bytes }, workOf(context));
  if ((await survey(context, from)).fingerprint === before.fingerprint) return;
  throw new TemplateError(`${from} was changed while it was copied`, {
    hint: 'end what works in it, and try again',
  });
}

export function findDefaults({ options }: TemplateContext, tree: string): TemplateDefaults {
  return findInit(tree, options['init']);
}

/** Last, when the machine is on disk: until then it is the only one. */
export async function takeAway(context: TemplateContext, key: string): Promise<void> {
  if (context.options['take-over'] !== 'yes') return;
  const { from } = readOptions(context);
  if (keyOf(await survey(context, from)) !== key) {
    throw new TemplateError(`${from} was changed meanwhile, and is kept`, {
      hint: 'look what is new in it, and remove it yourself',
    });
  }
  await context.trees.removeTree(from, workOf(context));
}

function keyOf({ fingerprint }: TreeSurvey): string {
  return `directory-${treeVersion}-${fingerprint}`;
}

/** What the ids inside begin at: 0, or of a container without privileges what its root is outside. */
function shiftOf(survey: TreeSurvey, from: string): number {
  if (hasCanonicalIds(survey)) return 0;
  const { topId, lowestId, highestId } = survey;
  if (topId >= IDS && lowestId >= topId && highestId - topId < IDS) return topId;
  requireCanonicalIds(survey, from);
  return 0;
}

function survey(context: TemplateContext, from: string): Promise<TreeSurvey> {
  return context.trees.surveyTree(from, workOf(context));
}

function workOf({ fileProgress, signal }: TemplateContext) {
  return { progress: fileProgress, signal };
}
