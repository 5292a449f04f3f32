import { describe, expect, it } from 'vitest';
import { MachineError } from '../../../src/machines/errors.ts';
import { underPickedName } from '../../../src/machines/making/under-picked-name.ts';

/** Fails for so many names; what it was asked to make. */
function refusing(times: number, code: MachineError['code']) {
  const asked: string[] = [];
  const make = async (name: string) => {
    asked.push(name);
    if (asked.length <= times) throw new MachineError(code, `no ${name}`);
  };
  return { asked, make };
}

function counting(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `machine-${count}`;
  };
}

describe('a name that nobody asked for', () => {
  it('is picked again while other commands are faster', async () => {
    const { asked, make } = refusing(2, 'exists');
    expect(await underPickedName(counting(), make, ['exists', 'busy'])).toBe('machine-3');
    expect(asked).toEqual(['machine-1', 'machine-2', 'machine-3']);
  });

  it('is not picked again for another failure', async () => {
    const { asked, make } = refusing(1, 'busy');
    await expect(underPickedName(counting(), make, ['exists'])).rejects.toMatchObject({ code: 'busy' });
    expect(asked).toHaveLength(1);
  });

  it('is picked five times at most', async () => {
    const { asked, make } = refusing(9, 'exists');
    await expect(underPickedName(counting(), make, ['exists'])).rejects.toThrow('no machine-5');
    expect(asked).toHaveLength(5);
  });
});
