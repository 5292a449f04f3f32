import { describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { successes } from './attack.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const MARKED = 'net_cls.classid=10:1';
const machine = withTarget(host, 'machine', { settings: [MARKED] });
/** What the kernel itself refuses, where no filter keeps anybody from asking. */
const unfiltered = withTarget(host, 'unfiltered', { settings: [MARKED, 'seccomp=off'] });
/** And with the user id and the rights of the host's root. */
const privileged = withTarget(host, 'privileged', {
  settings: [MARKED, 'seccomp=off', 'privileged=true'],
});

const drift = async (name: string) => JSON.parse(await host.done(['config', '--json', name])).inForce;

describe('the program that marks what a machine sends', () => {
  it('is not taken away by its root', async () => {
    expect(successes(await machine.attack('marks', '/sys/fs/cgroup'))).toEqual(['group']);
    expect(await drift(machine.name)).toEqual({});
  });

  it('is not taken away either where bpf(2) can be called', async () => {
    const outcomes = await unfiltered.attack('marks', '/sys/fs/cgroup');
    // Where kernel.unprivileged_bpf_disabled is 0 anybody may load a program, and attach it nowhere.
    expect(successes({ ...outcomes, load: '' })).toEqual(['group']);
    expect(await drift(unfiltered.name)).toEqual({});
  });

  it('is taken away where the user namespace is missing too', async () => {
    expect(await privileged.attack('marks', '/sys/fs/cgroup')).toMatchObject({ open: 'ok', detach: 'ok' });
    expect(await drift(privileged.name)).toEqual({ 'net_cls.classid': '0:0' });
  });
});
