import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLauncher } from '../../../../src/backends/native/launching/launcher.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

function plan(name: string, text: string): number {
  writeFileSync(`${fixture.root}/${name}`, text);
  return openSync(`${fixture.root}/${name}`, 'r');
}

/** Answers each plan with its text. */
const ECHO_PLANS = `echo "$*" >> LOG
i=0; while [ $i -lt $2 ]; do
  eval "text=$(cat <&$((3 + 2 * i)))"
  eval "{ record running $text; end; } >&$((4 + 2 * i))"
  i=$((i + 1))
done`;

describe('launches wanted at the same time', () => {
  it('share a process, and each gets the answer to its own plan', async () => {
    const path = writeFakeHelper(`${fixture.root}/helper`, ECHO_PLANS.replace('LOG', `${fixture.root}/runs`));
    const names = Array.from({ length: 3 }, (_, index) => `m${index}`);
    const plans = names.map((name) => plan(name, name));
    const answers = await Promise.all(plans.map(createLauncher(path)));
    for (const fd of plans) closeSync(fd);
    expect(answers.map(([record]) => record?.arguments)).toEqual(names.map((name) => [name]));
    expect(readFileSync(`${fixture.root}/runs`, 'utf8')).toBe('launch-each 3\n');
  });

  it('all fail when the helper is missing', async () => {
    const launcher = createLauncher(`${fixture.root}/no-helper`);
    const plans = [plan('a', ''), plan('b', '')];
    const outcomes = await Promise.allSettled(plans.map(launcher));
    for (const fd of plans) closeSync(fd);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'helper-missing' } });
  });

  it('end without a word when the helper dies', async () => {
    const launcher = createLauncher(writeFakeHelper(`${fixture.root}/dying`, 'exit 1'));
    const plans = [plan('a', ''), plan('b', '')];
    expect(await Promise.all(plans.map(launcher))).toEqual([[], []]);
    for (const fd of plans) closeSync(fd);
  });
});
