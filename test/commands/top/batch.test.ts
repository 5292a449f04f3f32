import { describe, expect, it } from 'vitest';
import type { SampleScope, UsageSample, UsageSampler } from '../../../src/backends/usage.ts';
import { run } from '../stub-machines.ts';
import { group, sample } from '../usage-sample.ts';

interface Opened {
  readonly scopes: readonly SampleScope[];
  readonly counts: { readonly sampled: number; readonly closed: number };
  readonly machines: { readonly openSampler: (scope: SampleScope) => Promise<UsageSampler> };
}

/** A sampler that gives these one after another, and then the last one again. */
function sampling(...samples: readonly UsageSample[]): Opened {
  const scopes: SampleScope[] = [];
  const counts = { sampled: 0, closed: 0 };
  const openSampler = async (scope: SampleScope): Promise<UsageSampler> => {
    scopes.push(scope);
    return {
      sample: () => {
        counts.sampled += 1;
        return samples[Math.min(counts.sampled, samples.length) - 1] as UsageSample;
      },
      processes: () => [],
      close: () => {
        counts.closed += 1;
      },
    };
  };
  return { scopes, counts, machines: { openSampler } };
}

const slow = group('db', { cpu: { cores: 0.5, limitCores: 0.5, throttledShare: 0.38 } });

describe('top --once', () => {
  it('waits for a second sample, prints one table, says what is slow, and lets the files go', async () => {
    const opened = sampling(sample([]), sample([group('web'), slow]));
    const { exitCode, stdout } = await run(['top', '--once', '-d', '0.1'], { machines: opened.machines });
    expect(exitCode).toBe(0);
    expect(opened.counts).toEqual({ sampled: 2, closed: 1 });
    const [, head, first, second, reason] = stdout.split('\n');
    expect(head).toMatch(/^NAME +STATE +CPU +%MAX +THROT +MEMORY/);
    expect(first).toMatch(/^db +running +0\.50 +100% +38%/);
    expect(second).toMatch(/^web +running +0\.25 +- +0%/);
    expect(reason).toBe('db: throttled 38% of the time by cpu.max=50%');
  });

  it('with an interval of 0 takes one sample', async () => {
    const opened = sampling(sample([group('web')]));
    await run(['top', '--once', '--interval', '0'], { machines: opened.machines });
    expect(opened.counts.sampled).toBe(1);
  });

  it('shows what groups share that use the same, and what is their own', async () => {
    const a = group('a', { cpu: { cores: 0.75 } });
    const b = { ...group('b'), usage: a.usage, frozen: true };
    const { stdout } = await run(['top', '--once', '-d', '0'], {
      machines: sampling(sample([a, b, group('c', { cpu: { cores: 0.5 } })])).machines,
    });
    const rows = stdout.split('\n').slice(2, 5);
    expect(rows.map((row) => row.split(/ +/).slice(0, 3))).toEqual([
      ['a', 'running', '0.75'],
      ['b', 'frozen', '0.75'],
      ['c', 'running', '0.50'],
    ]);
  });

  it('without rates has none in any row', async () => {
    const first = {
      ...sample([group('a', { cpu: { cores: null } }), group('b', { cpu: { cores: null } })]),
      seconds: null,
    };
    const { stdout } = await run(['top', '--once', '-d', '0'], { machines: sampling(first).machines });
    const [, , a, b] = stdout.split('\n');
    expect(a).toMatch(/^a +running +- +/);
    expect(b).toBe(a?.replace('a', 'b'));
  });

  it('says that no machine runs', async () => {
    const { stdout } = await run(['top', '--once', '-d', '0'], { machines: sampling(sample([])).machines });
    expect(stdout).toContain('no machine runs');
  });

  it('makes what came from a machine visible', async () => {
    const hostile = group('x', {}, { path: 'a/\x1b[31mred\u202e', machine: null });
    const { stdout } = await run(['top', '--once', '-d', '0', '--all'], {
      machines: sampling(sample([hostile])).machines,
    });
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toContain('\\x1b[31mred\\u202e');
  });

  it('--sort sorts', async () => {
    const { stdout } = await run(['top', '--once', '-d', '0', '--sort', '-name'], {
      machines: sampling(sample([group('a'), group('b')])).machines,
    });
    expect(stdout.indexOf('\nb ')).toBeLessThan(stdout.indexOf('\na '));
  });
});

describe('top without a terminal', () => {
  it('is one table, as --once', async () => {
    const opened = sampling(sample([group('web')]));
    const { stdout } = await run(['top', '-d', '0.1'], { machines: opened.machines });
    expect(stdout.match(/^NAME/gm)).toHaveLength(1);
  });
});

describe('top --batch', () => {
  it('prints as many tables as it is told to', async () => {
    const opened = sampling(sample([group('web')]));
    const { stdout } = await run(['top', '--batch', '-n', '3', '-d', '0.1'], { machines: opened.machines });
    expect(stdout.match(/^NAME/gm)).toHaveLength(3);
  });
});

describe('top --all', () => {
  it('shows a tree, with machines marked', async () => {
    const opened = sampling(
      sample([
        group('', {}, { path: '', machine: null }),
        group('', {}, { path: 'tsmachine', machine: null }),
        group('web'),
      ]),
    );
    const { stdout } = await run(['top', '--all', '--once', '-d', '0'], { machines: opened.machines });
    expect(opened.scopes).toEqual(['host']);
    expect(stdout).toMatch(/^\/ .*\ntsmachine .*\n {2}web \(machine\) /m);
  });
});

describe('top --json', () => {
  it('is a line for each sample, with the numbers of each machine and what holds it back', async () => {
    const { stdout } = await run(['top', '--json', '-n', '2', '-d', '0.1'], {
      machines: sampling(sample([slow])).machines,
    });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ version: 1, seconds: 1, host: { cores: 4 } });
    expect(lines[0].machines[0]).toMatchObject({
      name: 'db',
      pid: 4711,
      frozen: false,
      phase: 'running',
      cpu: { cores: 0.5, limitCores: 0.5 },
      network: { rxBytes: null },
      constraints: [{ kind: 'cpu.max', words: 'throttled 38% of the time by cpu.max=50%' }],
    });
    expect(lines[0].machines[0]).not.toHaveProperty('path');
  });

  it('with --all tells groups by their paths', async () => {
    const { stdout } = await run(['top', '--json', '--all', '--once', '-d', '0'], {
      machines: sampling(sample([group('web')])).machines,
    });
    expect(JSON.parse(stdout).groups[0]).toMatchObject({ path: '/tsmachine/web', machine: 'web' });
  });
});

describe('top', () => {
  it.each([
    [['--interval', '0']],
    [['--interval', 'soon']],
    [['--interval', '0.01']],
    [['--sort', 'colour', '--once']],
    [['-n', '0']],
  ])('refuses %j as wrong usage', async (words) => {
    const opened = sampling(sample([]));
    expect((await run(['top', '--batch', ...words], { machines: opened.machines })).exitCode).toBe(2);
  });
});

describe('machines of both backends', () => {
  const both = [group('web', {}, { backend: 'native' }), group('db', {}, { backend: 'nspawn' })];
  const once = (groups: typeof both, ...words: readonly string[]) =>
    run(['top', '--once', '-d', '0', ...words], { machines: sampling(sample(groups)).machines });

  it('stand side by side, with who runs them', async () => {
    const { stdout } = await once(both);
    expect(stdout).toMatch(/^NAME +STATE +BACKEND +CPU/m);
    expect(stdout).toMatch(/^db +running +nspawn +0\.25/m);
    const { machines } = JSON.parse((await once(both, '--json')).stdout);
    expect(machines).toMatchObject([{ backend: 'native' }, { backend: 'nspawn' }]);
  });

  it('make the column needless where all are of one', async () => {
    expect((await once([group('db', {}, { backend: 'nspawn' })])).stdout).not.toContain('BACKEND');
  });
});
