/** What the native backend's machines use, what they may use, and what those limits did to them. */
import type { Backend } from '../backend.ts';
import { addonBeside } from './addon.ts';
import { changeMachineLimits, machineLimitsInForce } from './cgroups/machine-limits.ts';
import { readUsage } from './cgroups/readings.ts';
import type { NativeContext } from './context.ts';
import { workForFewSamples } from './few-samples.ts';
import { takeLimitNews } from './watching/limit-news.ts';

type Use = 'usage' | 'openSampler' | 'changeLimits' | 'limitsInForce' | 'takeLimitNews';

export function createUse({ host, view, status, helperPath }: NativeContext): Pick<Backend, Use> {
  return {
    usage: ({ spec }) => readUsage(host().layout, host().cgroupParent, spec.name),
    openSampler: async (request) => {
      const addon = addonBeside(helperPath);
      if (request.few === true) await workForFewSamples(addon);
      const { openSampler } = await import('./cgroups/sampling/native-sampler.ts');
      return openSampler(request, view(), addon);
    },
    changeLimits: (machine, limits, names) => changeMachineLimits(machine, limits, names, host(), helperPath),
    limitsInForce: (machine) =>
      'pid' in status(machine) ? machineLimitsInForce(machine, host(), helperPath) : undefined,
    takeLimitNews: (machine, signalled, tell) => takeLimitNews(machine, view(), helperPath, signalled, tell),
  };
}
