/** Whose files a tree has: a machine knows the ids 0 to 65535, and shows files of others as nobody's, which it cannot change. */
import type { TreeSurvey } from '../../backends/storage.ts';
import { TemplateError } from '../template-error.ts';

export const IDS = 65_536;

export function hasCanonicalIds({ highestId }: Pick<TreeSurvey, 'highestId'>): boolean {
  return highestId < IDS;
}

/** @throws TemplateError that says whose they are */
export function requireCanonicalIds(survey: TreeSurvey, what: string): void {
  if (hasCanonicalIds(survey)) return;
  const { lowestId, highestId, highestPath } = survey;
  throw new TemplateError(
    `${what} has files of the ids ${lowestId} to ${highestId} (such as ${highestPath})`,
    {
      hint:
        highestId - lowestId < IDS
          ? `it is of a container without privileges: unpack it with these ids, and take the template directory, which shifts them if the top is its root's`
          : `a machine has the ids 0 to ${IDS - 1}: give those files to one of these before`,
    },
  );
}
