import type { group } from '../commands/usage-sample.ts';

/** Of a machine that has something to draw in every chart; another one each second. */
export function busyUse(second: number): Parameters<typeof group>[1] {
  const wave = (Math.sin(second / 5) + 1) / 2;
  return {
    cpu: { cores: wave, limitCores: 1.5, throttledShare: wave / 2 },
    memory: { bytes: 2 ** 26 * (1 + wave), limitBytes: 2 ** 28 },
    io: { rbps: 5000 * wave, wbps: 90_000 },
    network: { rxBytes: 1e6 * wave, txBytes: 3e4 },
    tasks: { count: 10, limit: 100 },
    pressure: {
      cpu: { some: wave, full: wave / 3 },
      memory: { some: 0.1, full: 0 },
      io: { some: 0.2, full: 0.05 },
    },
  };
}
