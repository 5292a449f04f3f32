import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { TreeSurvey } from '../../../src/backends/storage.ts';
import { imageKey, takeAway } from '../../../src/templates/directory/making.ts';
import { runFolder } from '../../setup/test-run.ts';
import { prepareContext } from '../template-context.ts';

function prepared(takeOver: string) {
  const from = mkdtempSync(join(runFolder(), 'tree-'));
  mkdirSync(join(from, 'sbin'));
  writeFileSync(join(from, 'sbin/init'), 'BusyBox v1', { mode: 0o755 });
  const { context } = prepareContext({ from, 'take-over': takeOver });
  const survey = { bytes: 0, entries: 3, lowestId: 0, topId: 0, highestId: 0, highestPath: '/' };
  const surveyTree = vi.fn(async (): Promise<TreeSurvey> => ({ ...survey, fingerprint: 'as it was' }));
  const removeTree = vi.fn(async () => {});
  const change = () => surveyTree.mockResolvedValue({ ...survey, fingerprint: 'otherwise' });
  return {
    context: { ...context, trees: { ...context.trees, surveyTree, removeTree } },
    removeTree,
    change,
    from,
  };
}

it('a directory goes away as it was copied', async () => {
  const { context, removeTree, from } = prepared('yes');
  await takeAway(context, await imageKey(context));
  expect(removeTree).toHaveBeenCalledWith(from, expect.anything());
});

it('a directory is kept if something in it changed since, or nobody takes it over', async () => {
  const { context, removeTree, change } = prepared('yes');
  const key = await imageKey(context);
  change();
  await expect(takeAway(context, key)).rejects.toThrow(/was changed meanwhile, and is kept/);
  const other = prepared('no');
  await takeAway(other.context, 'any');
  expect(removeTree).not.toHaveBeenCalled();
  expect(other.removeTree).not.toHaveBeenCalled();
});
