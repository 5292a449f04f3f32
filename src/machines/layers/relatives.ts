/** Machines that live on the same layers: clones of a machine, what it was cloned from, and further clones of that. */
import type { Domain } from '../domain.ts';
import { imageLayerId } from '../images/image-file.ts';
import { loadMachine } from '../store/store.ts';
import { readReferences } from './references.ts';

/** Names, sorted; snapshots count. The image's own layer is everybody's, and makes nobody a relative. Throws `no-such-machine`. */
export function relatives({ paths }: Domain, name: string): readonly string[] {
  const ofImage = imageLayerId(loadMachine(paths, name).config.imageKey);
  const { stacks } = readReferences(paths);
  const own = new Set(stacks.filter(({ machine }) => machine === name).flatMap(({ layers }) => layers));
  own.delete(ofImage);
  const related = stacks.filter(({ layers }) => layers.some((id) => own.has(id)));
  return [...new Set(related.flatMap(({ machine }) => machine ?? []))].filter((one) => one !== name).sort();
}
