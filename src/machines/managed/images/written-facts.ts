/** Facts of a kept state, and of a machine, written where they stand. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { type FactChanges, type OwnFacts, readOwnFacts, withOwnFacts } from './own-facts.ts';

export async function factsOf({ settings }: Manager, image: string): Promise<OwnFacts> {
  return readOwnFacts(settings, await settings.read(image));
}

/** A file in which nothing is left goes. */
export async function writeFacts({ settings }: Manager, image: string, facts: FactChanges): Promise<void> {
  const before = await settings.read(image);
  const text = withOwnFacts(settings, before, facts);
  if (text === (before ?? '')) return;
  await settings.write(image, isEmpty(text) ? undefined : text);
}

function isEmpty(text: string): boolean {
  return text.split('\n').every((line) => line.trim() === '' || line.trim() === '[X-Tsmachine]');
}
