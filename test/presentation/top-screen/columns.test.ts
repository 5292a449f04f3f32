import { describe, expect, it } from 'vitest';
import { planColumns } from '../../../src/presentation/top-screen/columns.ts';

/** What is shown, and how wide the name is. */
function planned(width: number, longest: number) {
  const { columns } = planColumns(width, false, longest);
  return { names: columns.map(({ name }) => name), nameWidth: columns[0]?.width };
}

describe('the columns of top', () => {
  it('are fewer where a name would be cut, down to those that say why it is slow', () => {
    expect(planned(120, 8).names).toContain('cache');
    const long = planned(120, 40);
    expect(long.names).not.toContain('cache');
    expect(long.nameWidth).toBeGreaterThanOrEqual(20);
    expect(planned(80, 40).names).toEqual(planned(80, 8).names);
    expect(planned(80, 40).names).toContain('io-pressure');
  });

  it('take no room for a name that nobody has', () => {
    expect(planned(120, 13)).toEqual(planned(120, 8));
  });
});
