/** What groups used before, as sparklines show it. */
import { describe, expect, it } from 'vitest';
import { type Histories, lastValues, remember } from '../../../src/presentation/usage/history.ts';
import { group, sample } from '../../commands/usage-sample.ts';

const using = (cores: number | null) => sample([group('web', { cpu: { cores } })]);
const continued = (before: Histories, ...values: readonly (number | null)[]): Histories =>
  values.reduce<Histories>((histories, cores) => remember(histories, using(cores)), before);
const cores = (histories: Histories, count: number) =>
  lastValues(histories.get(group('web').id), 'cores', count);

describe('the history of a group', () => {
  it('is its last values, oldest first, and what was not measured is none', () => {
    expect(cores(continued(new Map(), null, 1, 2, 3), 3)).toEqual([1, 2, 3]);
    expect(cores(continued(new Map(), null, 1), 10)).toEqual([null, 1]);
  });

  it('goes on for as long as anybody looks, with no more than the widest line shows', () => {
    const many = Array.from({ length: 1000 }, (_, index) => index);
    expect(cores(continued(new Map(), ...many), 500)).toEqual(many.slice(-120));
  });

  it('is not changed by what comes later, nor by another one that goes on from the same', () => {
    const common = continued(new Map(), 1, 2);
    const [first, second] = [continued(common, 3), continued(common, 4)];
    expect(cores(common, 5)).toEqual([1, 2]);
    expect(cores(first, 5)).toEqual([1, 2, 3]);
    expect(cores(second, 5)).toEqual([1, 2, 4]);
  });

  it('is forgotten when the group goes', () => {
    const gone = remember(continued(new Map(), 1), sample([]));
    expect(cores(continued(gone, 2), 5)).toEqual([2]);
  });
});
