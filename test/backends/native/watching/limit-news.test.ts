import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LimitNews } from '../../../../src/backends/limit-news.ts';
import { encodeRecords } from '../../../../src/backends/native/records.ts';
import { takeLimitNews } from '../../../../src/backends/native/watching/limit-news.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
let helper: string;
const RUN = 1_700_000_000_000;

beforeEach(() => {
  fixture = createMachineFixture({
    pressure: { memory: { share: 'full', stallUsec: 1, windowUsec: 2_000_000 } },
  });
  helper = writeFakeHelper(join(fixture.root, 'helper'), 'exit 0');
  begin(RUN);
  fixture.write('run/web/told', '');
  events(0);
});
afterEach(() => fixture.remove());

function begin(run: number): void {
  fixture.writeState(['phase', 'running'], ['monitor', 10, 5], ['started-at', run]);
}

function events(kills: number): void {
  fixture.writeGroup('memory.events', memoryEvents(kills));
  fixture.writeGroup('memory.events.local', `oom ${kills}\n`);
}

const memoryEvents = (kills: number) => `low 0\nhigh 0\nmax 0\noom ${kills}\noom_kill ${kills}\n`;
const group = () => `${fixture.root}/cgroup/ours/web`;

async function take(...signalled: readonly string[]): Promise<readonly LimitNews[]> {
  const taken: LimitNews[] = [];
  await takeLimitNews(fixture.machine, fixture.host, helper, signalled, (news) => taken.push(...news));
  return taken;
}

const killed = (processes: number) => ({ type: 'oom-killed', processes, cause: 'limit' });

describe('what limits did', () => {
  it('is told once, and counted on from there', async () => {
    events(2);
    expect(await take()).toEqual([killed(2)]);
    expect(await take()).toEqual([]);
    events(5);
    expect(await take()).toEqual([killed(3)]);
  });

  it('is counted anew in another run', async () => {
    events(2);
    await take();
    begin(RUN + 1);
    events(1);
    expect(await take()).toEqual([killed(1)]);
  });

  it('is not told if telling fails', async () => {
    events(1);
    const failing = () => {
      throw new Error('no journal');
    };
    await expect(takeLimitNews(fixture.machine, fixture.host, helper, [], failing)).rejects.toThrow(
      'no journal',
    );
    expect(await take()).toEqual([killed(1)]);
  });

  it('takes no lock while there is nothing to tell', async () => {
    rmSync(helper);
    expect(await take()).toEqual([]);
  });

  it('is left to who holds the lock', async () => {
    events(1);
    writeFakeHelper(helper, 'exit 75');
    expect(await take()).toEqual([]);
    writeFakeHelper(helper, 'exit 0');
    expect(await take()).toEqual([killed(1)]);
  });

  it('is read anew under the lock: somebody else may have told meanwhile', async () => {
    events(2);
    const told = { run: RUN, counts: { kills: 2, ooms: 2, ownOoms: 2 }, stalled: {} };
    writeFakeHelper(helper, `printf '%s' '${JSON.stringify(told)}' > ${fixture.root}/run/web/told; exit 0`);
    expect(await take()).toEqual([]);
  });

  it('is told no more when the machine has ended while the lock was waited for', async () => {
    events(2);
    writeFakeHelper(helper, `rm ${fixture.root}/run/web/state; exit 0`);
    expect(await take()).toEqual([]);
  });

  it('is what the monitor noted, once the groups are gone', async () => {
    events(1);
    await take();
    rmSync(group(), { recursive: true });
    const counts = [
      { name: 'happened', arguments: [`${group()}/memory.pressure`] },
      { name: 'counts', arguments: [`${group()}/memory.events`, memoryEvents(3)] },
      { name: 'counts', arguments: [`${group()}/memory.events.local`, 'oom 3\n'] },
      {
        name: 'counts',
        arguments: [`${group()}/memory.pressure`, 'some avg10=0.00 total=9\nfull avg10=0.00 total=5000\n'],
      },
    ];
    fixture.write('run/web/last-counts', encodeRecords(counts));
    expect(await take()).toEqual([killed(2), { type: 'pressure', resource: 'memory', stalledUsec: 5000 }]);
  });

  it('of pressure is told only if the monitor was signalled, in the share of the threshold', async () => {
    fixture.writeGroup('memory.pressure', 'some avg10=0.00 total=900\nfull avg10=0.00 total=70\n');
    expect(await take()).toEqual([]);
    expect(await take(`${group()}/memory.pressure`)).toEqual([
      { type: 'pressure', resource: 'memory', stalledUsec: 70 },
    ]);
  });

  it('of a machine that is down is nothing, and leaves nothing', async () => {
    events(1);
    rmSync(`${fixture.root}/run/web`, { recursive: true });
    expect(await take()).toEqual([]);
    expect(existsSync(`${fixture.root}/run/web`)).toBe(false);
  });

  it('survives a note that is damaged', async () => {
    events(1);
    writeFileSync(`${fixture.root}/run/web/told`, '{"run":');
    expect(await take()).toEqual([killed(1)]);
    expect(JSON.parse(readFileSync(`${fixture.root}/run/web/told`, 'utf8')).run).toBe(RUN);
  });
});
