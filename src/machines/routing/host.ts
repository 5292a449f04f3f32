/** What is looked at over the whole host. */
import type { Finding } from '../../backends/backend.ts';
import type { Part } from '../verbs/part.ts';
import { mergeSamplers } from './sampler.ts';
import { askManaged, type Sides } from './sides.ts';

export function hostVerbs(sides: Sides): Part<'openSampler' | 'examineHost'> {
  const { native } = sides;
  return {
    openSampler: async (scope, options) => {
      // The whole host is sampled once. Theirs first: the native one may set flags of V8, under which no code cache of theirs counts.
      const theirs = await askManaged(
        sides,
        ({ machines }) => machines.openSampler('machines', options),
        undefined,
      );
      const own = await native.openSampler(scope, options);
      return theirs === undefined ? own : mergeSamplers(own, theirs, scope, sides.isNative);
    },
    examineHost: async () => {
      const [own, theirs, hidden] = await Promise.all([
        native.examineHost(),
        askManaged(sides, ({ machines }) => machines.examineHost(), []),
        findHidden(sides),
      ]);
      return [...own, ...theirs, ...hidden];
    },
  };
}

/** Somebody made them with other tools. */
async function findHidden({ managed, isNative }: Sides): Promise<readonly Finding[]> {
  // Where it cannot be asked, its own findings say so.
  const names = await managed()
    .then(({ machines }) => machines.names())
    .catch(() => []);
  return names.filter(isNative).map((name) => ({
    subject: name,
    verdict: 'warning',
    detail: 'a native machine and one of systemd-nspawn have this name: commands take the native one',
    fix: `tsmachine --backend nspawn rename ${name} NEW`,
  }));
}
