/** What machines are made from. */
import type { Domain } from '../domain.ts';
import { guard, guardNow, guardWork } from '../guards.ts';
import { imageKeys } from '../images/image-file.ts';
import { quietWork } from '../work/quiet-work.ts';
import type { Part } from './part.ts';

type Images = 'images' | 'imageKeys' | 'pullImage' | 'removeImages' | 'pruneImages';

export function imageVerbs(domain: Domain): Part<Images> {
  return {
    images: () => guard(undefined, async () => (await import('../images/list.ts')).images(domain)),
    imageKeys: () => guardNow(undefined, () => imageKeys(domain.paths)),
    pullImage: (request) =>
      guardWork(request.template, request, async () =>
        (await import('../images/pull.ts')).pullImage(domain, request),
      ),
    removeImages: (keys, work = quietWork) =>
      guard(undefined, async () => (await import('../images/remove.ts')).removeImages(domain, keys, work)),
    pruneImages: ({ dryRun }, work = quietWork) =>
      guard(undefined, async () => (await import('../images/remove.ts')).pruneImages(domain, dryRun, work)),
  };
}
