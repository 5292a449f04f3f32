import { describe, expect, it } from 'vitest';
import { checkMachineName, isMachineName, pickName } from '../../../src/machines/names/machine-names.ts';
import { caught } from '../caught.ts';

describe('machine names', () => {
  it('are 1 to 63 letters, digits and hyphens', () => {
    for (const name of ['a', 'web', 'Web-2', '7', 'x'.repeat(63)]) {
      expect(isMachineName(name), name).toBe(true);
    }
  });

  it('never make a path, an option or a cgroup of somebody else', () => {
    for (const name of ['', '-a', 'a-', 'a/b', '..', 'a.b', 'a b', 'a\n', 'é', 'x'.repeat(64), 'monitors']) {
      expect(isMachineName(name), JSON.stringify(name)).toBe(false);
    }
  });

  it('are refused as wrong usage, with the rule', async () => {
    expect(await caught(() => checkMachineName('../etc'))).toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('hyphens'),
    });
    expect((await caught(() => checkMachineName('monitors'))).message).toContain('reserved');
  });

  it('are picked readable and free', () => {
    const name = pickName(() => false);
    expect(name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(isMachineName(name)).toBe(true);
  });

  it('get a number when the plain ones are taken', () => {
    expect(pickName((candidate) => !/\d/.test(candidate))).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });
});
