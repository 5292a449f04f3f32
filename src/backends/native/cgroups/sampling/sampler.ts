/** Samples groups of this host: what is behind the seam `UsageSampler`, whoever the machines among them belong to. */
import type { UsageSampler } from '../../../usage.ts';
import type { Addon } from '../../addon.ts';
import { openFewLooksSampler } from './few-looks-sampler.ts';
import type { GroupSampling } from './group-sampling.ts';
import { looksByNode } from './looks.ts';
import { openRepeatedSampler } from './repeated-sampler.ts';

export interface SamplerChoice extends GroupSampling {
  /** False: for one sample alone, which has none; what says nothing else is not read. */
  readonly rates: boolean;
  /** Nothing is kept for looks that never come. */
  readonly few?: boolean | undefined;
  /** Looks at many groups at once; without it Node does, and takes longer. */
  readonly addon: Addon | undefined;
}

export function openGroupSampler({ rates, few, addon, ...request }: SamplerChoice): UsageSampler {
  const looks = addon ?? looksByNode;
  return rates && few !== true
    ? openRepeatedSampler(request, looks)
    : openFewLooksSampler(request, looks, rates);
}
