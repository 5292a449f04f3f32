/** The contract as tests of one backend. */
import { describe, expect, it } from 'vitest';
import { contract } from './cases.ts';
import { handOver, keptObservations } from './observed.ts';
import { type Observation, observe } from './observing.ts';
import type { World } from './world.ts';

export function describeContract(world: World): void {
  const observed: Observation[] = [];
  const cases = contract.filter(({ needsKernel }) => world.name !== 'fake' || needsKernel !== true);
  describe(`the contract of machines, over ${world.name}`, () => {
    for (const one of cases) {
      it(`${one.command}: ${one.does}`, async () => {
        observed.push(await observe(one, world));
      });
    }

    it('does what docs/backends.md says (`npm run contract` makes it anew)', () => {
      if (world.name === 'fake') {
        // It is in no table: there is nothing that it may refuse.
        expect(observed.filter(({ unsupported }) => unsupported !== undefined)).toEqual([]);
        return;
      }
      if (handOver(world.name, observed)) return;
      const rows = new Set(observed.map(rowOf));
      expect(observed).toEqual(keptObservations(world.name).filter((kept) => rows.has(rowOf(kept))));
    });
  });
}

function rowOf({ command, does }: Observation): string {
  return `${command}: ${does}`;
}
