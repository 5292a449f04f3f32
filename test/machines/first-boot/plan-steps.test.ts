import { describe, expect, it } from 'vitest';
import type { FirstBoot } from '../../../src/machines/first-boot/first-boot-file.ts';
import { firstBootSteps } from '../../../src/machines/first-boot/plan-steps.ts';
import { makeMachines, request } from '../../fakes/machines-fixture.ts';

const step = (phase: FirstBoot['steps'][number]['phase'], name: string) => ({
  phase,
  name,
  argv: ['/bin/sh', 'secret'] as const,
});
const firstBoot = (done: number): FirstBoot => ({
  version: 1,
  done,
  failures: [],
  steps: [
    step('before-init', 'user alice'),
    step('before-init', 'file /big'),
    step('before-init', 'file /big'),
    step('after-boot', 'packages'),
  ],
});
const namesOf = (pending: FirstBoot | undefined, phase: 'before-init' | 'after-boot') =>
  firstBootSteps(pending, phase, 'why').map(({ arguments: [, name] }) => name);

describe('a first boot in a plan', () => {
  it('has a step for each thing that is to be done, and nothing of what it writes', () => {
    expect(namesOf(firstBoot(0), 'before-init')).toEqual(['user alice', 'file /big']);
    expect(namesOf(firstBoot(0), 'after-boot')).toEqual(['packages']);
    expect(JSON.stringify(firstBootSteps(firstBoot(0), 'before-init', 'why'))).not.toContain('secret');
  });

  it('has only what is not done yet', () => {
    expect(namesOf(firstBoot(1), 'before-init')).toEqual(['file /big']);
    expect(namesOf(firstBoot(3), 'before-init')).toEqual([]);
    expect(namesOf(undefined, 'after-boot')).toEqual([]);
  });
});

describe('the plan of a native machine', () => {
  it('ends with its first boot while that is pending, numbered after the steps of the launch', async () => {
    const { machines } = makeMachines();
    await machines.create(request('plain'));
    const userData = { text: undefined, settings: { timezone: 'UTC', runcmd: 'true' } };
    await machines.create(request('web', { userData }));
    const launch = await machines.plan('plain');
    const inside = launch.filter(({ section }) => section === 'inside').length;
    const more = (await machines.plan('web')).slice(launch.length);
    expect(more.map(({ arguments: words }) => words.join(' '))).toEqual([
      'before-init time zone',
      'after-boot boot',
      'after-boot file /var/lib/tsmachine/first-boot/runcmd',
      'after-boot runcmd',
    ]);
    expect(more.map(({ section, index }) => [section, index])).toEqual(
      more.map((_, index) => ['inside', inside + index]),
    );
    await machines.start('web', { ifNeeded: false });
    expect(await machines.plan('web')).toHaveLength(launch.length);
  });
});
