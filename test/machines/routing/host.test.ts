import { describe, expect, it, vi } from 'vitest';
import type { GroupSample, UsageSampler } from '../../../src/backends/usage.ts';
import { group, sample } from '../../commands/usage-sample.ts';
import { twoSides } from '../../fakes/two-sides.ts';

const samplerOf = (groups: readonly GroupSample[], pid = 1): UsageSampler => ({
  sample: () => sample(groups),
  processes: (id) => [{ pid, insidePid: 1, state: 'S', command: id, threads: 1, cores: 0, residentBytes: 0 }],
  close: vi.fn(),
});

async function open(
  scope: 'machines' | 'host',
  own: readonly GroupSample[],
  theirs: readonly GroupSample[],
  names: readonly string[] = ['web'],
) {
  const openTheirs = vi.fn(async () => samplerOf(theirs, 2));
  const { machines } = twoSides({
    own: names,
    native: { openSampler: async () => samplerOf(own) },
    managed: { openSampler: openTheirs },
  });
  return { sampler: await machines.openSampler(scope, { rates: true }), openTheirs };
}

describe('what machines use', () => {
  it('is sampled of both, with who runs them', async () => {
    const same = { path: 'x/y' };
    const { sampler } = await open('machines', [group('web', {}, same)], [group('db', {}, same)]);
    const { groups } = sampler.sample();
    expect(groups.map(({ machine, backend }) => [machine, backend])).toEqual([
      ['web', 'native'],
      ['db', 'nspawn'],
    ]);
    const [web, db] = groups.map(({ id }) => id);
    expect(web).not.toBe(db);
    expect(sampler.processes(web ?? '')).toMatchObject([{ pid: 1, command: 'x/y' }]);
    expect(sampler.processes(db ?? '')).toMatchObject([{ pid: 2, command: 'x/y' }]);
  });

  it('leaves out what a native machine hides, though that does not run', async () => {
    const { sampler } = await open('machines', [], [group('web'), group('db')]);
    expect(sampler.sample().groups.map(({ machine }) => machine)).toEqual(['db']);
  });

  it('of the whole host has each group once, and names the machines of both', async () => {
    const unit = 'machine.slice/systemd-nspawn@db.service';
    const plain = { machine: null, phase: null, pid: null };
    const { sampler, openTheirs } = await open(
      'host',
      [
        group('web'),
        group('db', {}, { path: unit, ...plain }),
        group('x', {}, { path: 'user.slice', ...plain }),
      ],
      [group('db', {}, { path: unit, pid: 99 })],
    );
    expect(sampler.sample().groups.map(({ machine, pid, backend }) => [machine, pid, backend])).toEqual([
      ['web', 4711, 'native'],
      ['db', 99, 'nspawn'],
      [null, null, undefined],
    ]);
    expect(openTheirs).toHaveBeenCalledWith('machines', { rates: true });
  });

  it('is sampled natively where the manager cannot be asked', async () => {
    const { machines, warnings } = twoSides({
      broken: true,
      native: { openSampler: async () => samplerOf([group('web')]) },
    });
    const sampler = await machines.openSampler('machines', { rates: true });
    expect(sampler.sample().groups).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });
});

describe('the examination of the host', () => {
  it('joins what both find, and tells which names are of two machines', async () => {
    const finding = (subject: string) => async () => [
      { subject, verdict: 'ok' as const, detail: 'is there' },
    ];
    const { machines } = twoSides({
      own: ['web', 'a'],
      theirs: ['web', 'db'],
      native: { examineHost: finding('kernel') },
      managed: { examineHost: finding('systemd') },
    });
    const findings = await machines.examineHost();
    expect(findings.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['kernel', 'ok'],
      ['systemd', 'ok'],
      ['web', 'warning'],
    ]);
  });
});
