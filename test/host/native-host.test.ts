import { closeSync, openSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lockFiles } from '../../src/backends/native/launching/lock-files.ts';
import { createNativeHost, HELPER, type NativeHost } from './native-machine.ts';

let host: NativeHost;
beforeAll(() => {
  host = createNativeHost();
});
afterAll(() => host.remove());

describe('locks', () => {
  const open: number[] = [];
  const file = (name: string) => {
    open.push(openSync(`${host.root}/${name}`, 'w'));
    return open.at(-1) as number;
  };
  afterEach(() => {
    for (const fd of open.splice(0)) closeSync(fd);
  });

  it('are held by our open files until we close them, not by the helper that took them', async () => {
    const first = file('lock');
    expect(await lockFiles(HELPER, [first], 0)).toBe('locked');
    const second = file('lock');
    expect(await lockFiles(HELPER, [second], 0)).toEqual({ busy: second });
    closeSync(open.shift() as number);
    expect(await lockFiles(HELPER, [second], 0)).toBe('locked');
  });

  it('name the one file of several that is busy', async () => {
    expect(await lockFiles(HELPER, [file('b')], 0)).toBe('locked');
    const [a, b] = [file('a'), file('b')];
    expect(await lockFiles(HELPER, [a, b], 0)).toEqual({ busy: b });
  });
});

describe('the examination of this host', () => {
  it('finds that machines can be started here, and leftovers of one whose monitor was killed', async () => {
    const find = async () => (await host.backend.examineHost(['lost'])).map(({ subject }) => subject);
    const findings = await host.backend.examineHost([]);
    expect(findings.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
    expect(findings.some(({ subject }) => subject.startsWith('kernel: '))).toBe(true);

    const machine = await host.create('lost');
    const { monitorPid } = await host.backend.start(machine);
    expect(await find()).toContain('leftovers');
    process.kill(monitorPid, 'SIGKILL');
    await expect.poll(() => host.backend.status(machine).state).toBe('stopped');
    expect(await find()).toEqual(expect.arrayContaining(['run directory of lost', 'cgroup of lost']));
    await host.backend.collect(machine);
    expect(await find()).toContain('leftovers');
  });
});
