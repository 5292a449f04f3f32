import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFiles } from '../../../../src/backends/native/launching/lock-files.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
let fds: readonly number[];
beforeEach(() => {
  fixture = createMachineFixture();
  fds = ['a', 'b'].map((name) => openSync(`${fixture.root}/${name}`, 'w'));
});
afterEach(() => {
  for (const fd of fds) closeSync(fd);
  fixture.remove();
});

const helper = (script: string) => writeFakeHelper(`${fixture.root}/helper`, script);

describe('lockFiles', () => {
  it('passes the open files on, under the numbers it names', async () => {
    const path = helper('[ "$*" = "lock 0 3 4" ] && [ -w /proc/self/fd/3 ] && [ -w /proc/self/fd/4 ]');
    expect(await lockFiles(path, fds, 500)).toBe('locked');
  });

  it('waits for what is busy, as long as it may', async () => {
    const path = helper('[ "$*" = "lock 500 3 4" ] || { echo 3; exit 75; }');
    expect(await lockFiles(path, fds, 500)).toBe('locked');
    expect(await lockFiles(path, fds, 400)).toEqual({ busy: fds[0] });
  });

  it('answers with our own descriptor of the file that is busy', async () => {
    expect(await lockFiles(helper('echo 4; exit 75'), fds, 0)).toEqual({ busy: fds[1] });
  });

  it('throws when the helper fails otherwise', async () => {
    await expect(lockFiles(helper('exit 1'), fds, 0)).rejects.toThrow(/exit code 1/);
    await expect(lockFiles(`${fixture.root}/missing`, fds, 0)).rejects.toMatchObject({
      code: 'helper-missing',
    });
  });
});
