import { closeSync, openSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocker } from '../../../../src/backends/native/launching/locker.ts';
import { builtHelper } from '../../../setup/run-cli.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());
const open = new Set<number>();

/** A new open file description: the owner of a lock. */
function owner(name: string): number {
  const fd = openSync(`${fixture.root}/${name}`, 'a');
  open.add(fd);
  return fd;
}

function release(fd: number): void {
  closeSync(fd);
  open.delete(fd);
}

afterEach(() => {
  for (const fd of [...open]) release(fd);
});

/** Notes each run, then does what the helper does. */
function counted(): { readonly path: string; readonly runs: () => readonly string[] } {
  const log = `${fixture.root}/runs`;
  const path = writeFakeHelper(`${fixture.root}/helper`, `echo "$1" >> ${log}; exec ${builtHelper} "$@"`);
  return { path, runs: () => readFileSync(log, 'utf8').trim().split('\n') };
}

describe('locks wanted at the same time', () => {
  it('are taken by one process', async () => {
    const helper = counted();
    const lock = createLocker(helper.path);
    const fds = Array.from({ length: 20 }, (_, index) => owner(`many-${index}`));
    expect(await Promise.all(fds.map((fd) => lock([fd], 1000)))).toEqual(fds.map(() => 'locked'));
    expect(helper.runs()).toEqual(['lock-each']);
    const others = fds.map((_, index) => owner(`many-${index}`));
    expect(await Promise.all(others.map((fd) => lock([fd], 0)))).toEqual(others.map((fd) => ({ busy: fd })));
  });

  it('do not wait for the busy one among them', async () => {
    const lock = createLocker(builtHelper);
    const holder = owner('busy');
    expect(await lock([holder], 0)).toBe('locked');
    const waiter = lock([owner('busy')], 60_000);
    expect(await lock([owner('free')], 60_000)).toBe('locked');
    release(holder);
    expect(await waiter).toBe('locked');
  });

  it('are busy each by itself when the time is up', async () => {
    const lock = createLocker(builtHelper);
    await lock([owner('busy')], 0);
    const second = owner('busy');
    const outcomes = await Promise.all([lock([second], 50), lock([owner('free')], 50)]);
    expect(outcomes).toEqual([{ busy: second }, 'locked']);
  });

  it('keep their own waiting times', async () => {
    const lock = createLocker(builtHelper);
    const holder = owner('busy');
    await lock([holder], 0);
    const patient = lock([owner('busy')], 60_000);
    const second = owner('busy');
    expect(await lock([second], 0)).toEqual({ busy: second });
    release(holder);
    expect(await patient).toBe('locked');
  });

  it('that belong together stay all or none', async () => {
    const helper = counted();
    const lock = createLocker(helper.path);
    await lock([owner('b')], 0);
    const [a, b] = [owner('a'), owner('b')];
    expect(await lock([a, b], 0)).toEqual({ busy: b });
    expect(await lock([owner('a')], 0)).toBe('locked');
    expect(helper.runs()).toEqual(['lock', 'lock', 'lock']);
  });

  it('all fail when the helper dies, but for those it answered', async () => {
    const path = writeFakeHelper(`${fixture.root}/dying`, 'echo 4 locked; exit 1');
    const lock = createLocker(path);
    const outcomes = await Promise.allSettled(['x', 'y', 'z'].map((name) => lock([owner(name)], 0)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
  });

  it('say that the helper is missing', async () => {
    const lock = createLocker(`${fixture.root}/no-helper`);
    const outcomes = await Promise.allSettled(['x', 'y'].map((name) => lock([owner(name)], 0)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'helper-missing' } });
  });
});
