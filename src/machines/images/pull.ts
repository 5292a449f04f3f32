/** image pull: an image ahead of the machines that will be made from it. Loaded lazily. */
import type { Domain } from '../domain.ts';
import type { PulledImage, PullRequest } from '../machines.ts';
import { ensureImage } from './ensure-image.ts';
import { withScratch } from './scratch.ts';
import { completeOptions, findTemplate } from './template-choice.ts';

/** Throws `usage` before anything is made. */
export async function pullImage(domain: Domain, request: PullRequest): Promise<PulledImage> {
  const { progress, fileProgress, signal } = request;
  const template = findTemplate(domain, request.template);
  const options = completeOptions(template, request.templateOptions);
  return await withScratch(domain, async (staging) => {
    const work = { template, options, staging, progress, fileProgress, signal };
    const { key, built } = await ensureImage(domain, work);
    return { key, built };
  });
}
