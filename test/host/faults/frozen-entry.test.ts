/** A machine that is frozen just when a command enters it: who waits for the command can still leave. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import { setFrozen } from '../../../src/backends/native/cgroups/freezer.ts';
import { groupDirectories, unifiedGroup } from '../../../src/backends/native/cgroups/groups.ts';
import { enterRecords } from '../../../src/backends/native/execution/enter-records.ts';
import { keptPlan, surroundingsOf } from '../../../src/backends/native/execution/surroundings.ts';
import { readStateFile } from '../../../src/backends/native/life/state-file.ts';
import { readGroupPlace } from '../../../src/backends/native/read-host-facts.ts';
import { encodeRecords } from '../../../src/backends/native/records.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import { createNativeHost, HELPER, type NativeHost } from '../native-machine.ts';

let host: NativeHost;
let machine: MachineHandle;
beforeAll(async () => {
  host = createNativeHost();
  machine = await host.create('web');
  await host.backend.start(machine);
});
afterAll(() => host.remove());

const layout = () => readGroupPlace(host.parent).layout;
const setMachineFrozen = (frozen: boolean) => setFrozen(layout(), host.parent, 'web', frozen, patience.poll);

/** Pids of the machine's own group: a process that is gone for good is none of them. */
function members(): readonly string[] {
  const group = unifiedGroup(layout(), host.parent, 'web');
  if (group === undefined) throw new Error('this host has no cgroup v2 mounted');
  return readFileSync(`${group}/cgroup.procs`, 'latin1').split('\n').filter(Boolean);
}

/** The helper itself: the backend refuses to enter a frozen machine, but can see no freeze that comes a moment later. */
function enterWith(...argv: readonly [string, ...string[]]): ChildProcess {
  const init = readStateFile(machine.runDirectory)?.init;
  if (init === undefined) throw new Error('the machine does not run');
  const plan = keptPlan(machine);
  if (plan === undefined) throw new Error('the plan it was started with is gone');
  const cgroups = groupDirectories(layout(), host.parent, 'web');
  const child = spawn(HELPER, ['enter'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 2] });
  (child.stdio[3] as Writable).end(
    encodeRecords(enterRecords(execRequest(argv), { init, cgroups, ...surroundingsOf(plan) })),
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

interface Entering {
  readonly child: ChildProcess;
  /** Exit code and signal. */
  readonly end: Promise<unknown[]>;
  /** Its process that was born in the machine's group, and frozen at that. */
  readonly joiner: string;
}

async function frozenOnEntering(): Promise<Entering> {
  await setMachineFrozen(true);
  onTestFinished(() => setMachineFrozen(false));
  const before = members();
  const child = enterWith('sh', '-c', 'exit 7');
  const end = once(child, 'exit');
  const joiners = () => members().filter((pid) => !before.includes(pid));
  await expect.poll(joiners).toHaveLength(1);
  return { child, end, joiner: joiners().join() };
}

describe('a command whose machine is frozen while it enters', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('is given up at %s, and nothing of it is left', async (signal, code) => {
    const { child, end, joiner } = await frozenOnEntering();
    child.kill(signal);
    expect(await end).toEqual([code, null]);
    await setMachineFrozen(false);
    await expect.poll(members).not.toContain(joiner);
  });

  it('runs when the machine is thawed', async () => {
    const { end } = await frozenOnEntering();
    await setMachineFrozen(false);
    expect(await end).toEqual([7, null]);
  });

  it('is not even tried when it is frozen already', async () => {
    await setMachineFrozen(true);
    onTestFinished(() => setMachineFrozen(false));
    await expect(host.run(machine, 'true')).rejects.toMatchObject({ code: 'frozen' });
  });
});
