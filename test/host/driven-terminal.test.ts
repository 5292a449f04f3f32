import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../scripts/test-patience.mjs';
import type { MachineHandle } from '../../src/backends/backend.ts';
import {
  type DrivenTerminal,
  openDrivenTerminal,
} from '../../src/backends/native/execution/driven-terminal.ts';
import { groupsToJoin, keptPlan, surroundingsOf } from '../../src/backends/native/execution/surroundings.ts';
import { readStateFile } from '../../src/backends/native/life/state-file.ts';
import { readGroupPlace } from '../../src/backends/native/read-host-facts.ts';
import { describeAllTerminals, explained } from '../setup/terminal-processes.ts';
import { createNativeHost, HELPER, type NativeHost } from './native-machine.ts';

let host: NativeHost;
let machine: MachineHandle;
beforeAll(async () => {
  host = createNativeHost();
  machine = await host.create('driven');
  await host.backend.start(machine);
});
afterAll(() => host.remove());

function open(script: string): DrivenTerminal {
  const init = readStateFile(machine.runDirectory)?.init;
  if (init === undefined) throw new Error('the machine does not run');
  const view = { layout: readGroupPlace(host.parent).layout, cgroupParent: host.parent, procRoot: '/proc' };
  const plan = keptPlan(machine);
  if (plan === undefined) throw new Error('the plan it was started with is gone');
  const request = { user: 'root', environment: {}, columns: 91, rows: 17, type: 'vt220' };
  return openDrivenTerminal(
    'driven',
    { ...request, argv: ['sh', '-c', script] },
    { init, cgroups: groupsToJoin(machine, init.pid, view), ...surroundingsOf(plan) },
    HELPER,
  );
}

/** All that it has shown since the last call, when a text is in it. */
async function shownUntil({ output }: DrivenTerminal, text: string): Promise<string> {
  const signal = AbortSignal.timeout(patience.poll);
  let shown = '';
  const failed = () => `It never showed ${text}: ${shown}\n${describeAllTerminals()}`;
  while (!shown.includes(text)) {
    const chunk: Buffer | null = output.read();
    shown += chunk ?? '';
    if (chunk === null && output.readableEnded) throw new Error(`it ended without ${text}: ${shown}`);
    if (chunk === null) await explained(once(output, 'readable', { signal }), failed);
  }
  return shown;
}

describe('a terminal that a program drives', () => {
  it('is one of the machine, of the size and kind that was said', async () => {
    const terminal = open('tty; stty size; echo $TERM; exit 7');
    expect(await terminal.output.toArray()).toSatisfy((chunks: Buffer[]) =>
      /^\/dev\/pts\/\d+\r\n17 91\r\nvt220\r\n$/.test(Buffer.concat(chunks).toString()),
    );
    expect(await terminal.ended).toBe(7);
  });

  it('takes keys and new sizes, which the command is told of', async () => {
    const terminal = open(
      'trap "stty size" WINCH; echo ready; read line; echo "got $line"; while :; do sleep 0.1; done',
    );
    await shownUntil(terminal, 'ready');
    terminal.input.write('abc\n');
    await shownUntil(terminal, 'got abc');
    terminal.resize(300, 2);
    await shownUntil(terminal, '2 300');
    terminal.close();
    expect(await terminal.ended).toBe(129);
  });

  it('is hung up when the one who drives it lets go', async () => {
    const terminal = open('trap "echo hung > /tmp/hung; exit" HUP; echo ready; while :; do sleep 0.1; done');
    await shownUntil(terminal, 'ready');
    terminal.input.end();
    expect(await terminal.ended).toBe(129);
    await expect
      .poll(async () => (await host.run(machine, 'cat', '/tmp/hung')).stdout.toString())
      .toBe('hung\n');
  });

  it('makes the command wait for a slow reader, hears keys meanwhile, and loses nothing', async () => {
    const terminal = open('stty raw -echo; yes 0123456789 | head -c 4000000; cat');
    await pause(300);
    const typed = randomBytes(2000).toString('hex');
    terminal.input.write(typed);
    const shown = await shownUntil(terminal, typed);
    expect(shown).toBe('0123456789\n'.repeat(400_000).slice(0, 4_000_000) + typed);
    terminal.close();
  });

  it('ends with the machine', async () => {
    const terminal = open('echo ready; sleep 1000');
    await shownUntil(terminal, 'ready');
    await host.backend.kill(machine);
    expect(await terminal.ended).toBe(128 + 9);
  });
});
