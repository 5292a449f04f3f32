/** Samples groups of this host: what is behind the seam `UsageSampler`, whoever the machines among them belong to. */
import type { GroupSample, SampleScope, UsageSampler } from '../../../usage.ts';
import type { Addon } from '../../addon.ts';
import type { CgroupLayout } from '../layout.ts';
import type { Discovery } from './discovery.ts';
import { openFewLooksSampler } from './few-looks-sampler.ts';
import { type Looks, looksByNode } from './looks.ts';
import { openRepeatedSampler } from './repeated-sampler.ts';

export interface MachineState {
  readonly phase: GroupSample['phase'];
  /** Of its first process, once there is one. */
  readonly pid: number | undefined;
}

export interface GroupSampling {
  readonly scope: SampleScope;
  readonly layout: CgroupLayout;
  readonly procRoot: string;
  /**
   * @param mounts of all hierarchies that something is sampled in
   * @param looks at many groups at once
   */
  readonly discover: (mounts: readonly string[], looks: Looks) => Discovery;
  /**
   * What tells the state of the machine whose group this is, undefined if that is none of this backend's. Asked once for each group that
   * may be a machine's; what it gives is asked again and again, and says undefined of a machine that is not known (any more).
   */
  readonly stateOf: (group: string, name: string) => (() => MachineState | undefined) | undefined;
}

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

/** Seconds of the monotonic clock: not by `performance`, which takes Node a millisecond to load. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
