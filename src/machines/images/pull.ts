/** image pull: an image ahead of the machines that will be made from it. Loaded lazily. */
import { randomHex } from '../../files/random-bytes.ts';
import type { Domain } from '../domain.ts';
import type { PulledImage, PullRequest } from '../machines.ts';
import { step } from '../store/crash-points.ts';
import { removeIntent, writeIntent } from '../store/intents.ts';
import { ensureImage } from './ensure-image.ts';
import { completeOptions, findTemplate } from './template-choice.ts';

/** Throws `usage` before anything is made. */
export async function pullImage(domain: Domain, request: PullRequest): Promise<PulledImage> {
  const { progress, fileProgress, signal } = request;
  const { paths } = domain;
  const template = findTemplate(domain, request.template);
  const options = completeOptions(template, request.templateOptions);
  // No machine has a dot in its name, and no two pulls have one name.
  const intent = { operation: 'pull', name: `pull.${randomHex(4)}` } as const;
  const staging = paths.staging(intent.name);
  step('pull', 1);
  writeIntent(paths, intent);
  try {
    step('pull', 2);
    const { key, built } = await ensureImage(domain, {
      template,
      options,
      staging,
      progress,
      fileProgress,
      signal,
    });
    return { key, built };
  } finally {
    step('pull', 3);
    await dropStaging(domain, intent.name);
    step('pull', 4);
    removeIntent(paths, intent);
    step('pull', 5);
  }
}

/** What was built is an image already; the rest is of no use. */
export async function recoverPull(domain: Domain, name: string): Promise<undefined> {
  await dropStaging(domain, name);
  return undefined;
}

async function dropStaging({ paths, backend }: Domain, name: string): Promise<void> {
  await backend.storage.remove(paths.staging(name));
}
