import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseWaitChannel, remaining } from '../../../../src/backends/native/life/remaining.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

function addProcess(pid: number, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) fixture.write(`proc/${pid}/${file}`, text);
}

const status = (state: string, inside: number | undefined) =>
  `Name:\tx\nState:\t${state} (x)\nNSpid:\t4000${inside === undefined ? '' : `\t${inside}`}\n`;

describe('the processes that remain', () => {
  it('are told with their names, states and wait channels, those first that no signal reaches', () => {
    fixture.writeGroup('cgroup.procs', '60\n61\n62\n');
    addProcess(60, { comm: 'init\n', status: status('S', 1), wchan: 'do_sigtimedwait' });
    addProcess(61, { comm: 'a) D \x1b[1m\n\n', status: status('D', 9), wchan: 'folio_wait_bit' });
    addProcess(62, { comm: 'joined\n', status: status('R', undefined), wchan: '0' });
    expect(remaining(fixture.machine, fixture.host)).toEqual({
      total: 3,
      processes: [
        {
          pid: 61,
          insidePid: 9,
          name: 'a) D \x1b[1m\n',
          state: 'uninterruptible',
          waitChannel: 'folio_wait_bit',
        },
        { pid: 60, insidePid: 1, name: 'init', state: 'sleeping', waitChannel: 'do_sigtimedwait' },
        { pid: 62, insidePid: null, name: 'joined', state: 'running', waitChannel: null },
      ],
    });
  });

  it('leave out what is gone meanwhile, and stay few to tell of', () => {
    const pids = Array.from({ length: 40 }, (_, index) => 100 + index);
    fixture.writeGroup('cgroup.procs', `${pids.join('\n')}\n`);
    for (const pid of pids.slice(1)) addProcess(pid, { comm: 'x\n', status: status('S', pid), wchan: '0' });
    const found = remaining(fixture.machine, fixture.host);
    expect([found.total, found.processes.length]).toEqual([39, 16]);
  });

  it('are none of a machine without groups', () => {
    expect(remaining(fixture.machine, fixture.host)).toEqual({ total: 0, processes: [] });
  });
});

it('the top of the stack tells where a process waits on kernels that tell no channel', () => {
  expect(parseWaitChannel('0', '[<0>] nfs_wait_bit.isra.0+0x1e/0x80 [nfs]\n[<0>] x+0x1/0x2\n')).toBe(
    'nfs_wait_bit.isra.0',
  );
  expect(parseWaitChannel('0', '')).toBe(null);
  expect(parseWaitChannel('', '')).toBe(null);
});
