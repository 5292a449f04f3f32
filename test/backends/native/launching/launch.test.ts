import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launch } from '../../../../src/backends/native/launch.ts';
import { createLauncher } from '../../../../src/backends/native/launching/launcher.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

const helper = (script: string) => writeFakeHelper(`${fixture.root}/helper`, script);

describe('launch', () => {
  it('hands the helper the plan that is kept beside the machine, and nothing of our environment', async () => {
    process.env['SECRET_OF_THE_CALLER'] = 'x';
    const path = helper(`cat > ${fixture.root}/seen; env > ${fixture.root}/env
      { record running 60 1001 50 1000; end; } >&3`);
    expect(await launch(fixture.machine, Buffer.from('a plan'), createLauncher(path))).toEqual({
      pid: 60,
      monitorPid: 50,
    });
    expect(readFileSync(`${fixture.root}/seen`, 'utf8')).toBe('a plan');
    expect(readFileSync(`${fixture.machine.directory}/plan`, 'utf8')).toBe('a plan');
    expect(readFileSync(`${fixture.root}/env`, 'utf8')).not.toContain('SECRET_OF_THE_CALLER');
    delete process.env['SECRET_OF_THE_CALLER'];
  });

  it('makes the run directory for us alone, and keeps the plan from others', async () => {
    await launch(
      fixture.machine,
      Buffer.from('a plan'),
      createLauncher(helper('{ record running 1 1 1 1; end; } >&3')),
    );
    expect(statSync(fixture.machine.runDirectory).mode & 0o777).toBe(0o700);
    expect(statSync(`${fixture.machine.directory}/plan`).mode & 0o777).toBe(0o600);
  });

  it('resolves at the answer, though the helper lives on as the monitor', async () => {
    const path = helper(`{ record running 60 1001 50 1000; end; } >&3; exec 3>&-
      while [ ! -e ${fixture.root}/go ]; do sleep 0.01; done; echo > ${fixture.root}/gone`);
    await launch(fixture.machine, Buffer.from('a plan'), createLauncher(path));
    expect(existsSync(`${fixture.root}/gone`)).toBe(false);
    fixture.write('go', '');
    await expect.poll(() => existsSync(`${fixture.root}/gone`)).toBe(true);
  });

  it('leaves no run directory when the helper died without a word', async () => {
    await expect(
      launch(fixture.machine, Buffer.from('a plan'), createLauncher(helper('exit 1'))),
    ).rejects.toMatchObject({
      code: 'launch-failed',
    });
    expect(existsSync(fixture.machine.runDirectory)).toBe(false);
  });

  it('says that the helper is missing, and how to build it', async () => {
    await expect(
      launch(fixture.machine, Buffer.from('a plan'), createLauncher(`${fixture.root}/no-helper`)),
    ).rejects.toMatchObject({ code: 'helper-missing', hint: expect.stringContaining('npm run build') });
  });

  it('refuses an answer that was cut off', async () => {
    const path = helper('record running 60 1001 50 1000 >&3');
    await expect(launch(fixture.machine, Buffer.from('a plan'), createLauncher(path))).rejects.toThrow(
      /cut off/,
    );
  });
});
