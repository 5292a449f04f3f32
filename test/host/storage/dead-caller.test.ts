/** What works on files under a command's lock does not begin when the command is gone: the next one may be at them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { HELPER } from '../native-machine.ts';

const { root } = withRoot();

function remove(path: string, caller: number): number | null {
  const env = { PATH: process.env['PATH'], TSMACHINE_CALLER: String(caller) };
  return spawnSync(HELPER, ['remove', path, '--then'], { env }).status;
}

describe('the helper', () => {
  it('does nothing for a caller that died before it began', () => {
    const path = join(root, 'tree');
    mkdirSync(path);
    // Our parent is no parent of the helper's, as a dead caller is none.
    expect(remove(path, process.ppid)).toBe(125);
    expect(existsSync(path)).toBe(true);
    expect(remove(path, process.pid)).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});
