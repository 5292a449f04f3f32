/** What goes wrong with the real machined, systemd and bus. */
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { busSocket } from '../../../src/backends/nspawn/bus/address.ts';
import { createBus } from '../../../src/backends/nspawn/bus/bus.ts';
import { createMachine1 } from '../../../src/backends/nspawn/machine1.ts';
import { withNspawnHost } from './nspawn-host.ts';
import { withManager } from './with-manager.ts';

const { busyboxImage, cleanUp, run, machinectl } = withNspawnHost();
const { life, examineHost } = withManager();

afterEach(cleanUp);

const toMachined = (signal: string) => run('systemctl', 'kill', `--signal=${signal}`, 'systemd-machined');

async function withMachine1<T>(
  timeLimitMs: number,
  work: (machine1: ReturnType<typeof createMachine1>) => Promise<T>,
): Promise<T> {
  const bus = createBus({ socket: () => busSocket(process.env), timeLimitMs });
  try {
    const machine1 = createMachine1(bus);
    await machine1.listMachines();
    return await work(machine1);
  } finally {
    bus.close();
  }
}

describe('machined', () => {
  it('that hangs is named, with where to look', async () => {
    await withMachine1(2000, async (machine1) => {
      await toMachined('STOP');
      await expect(machine1.listMachines()).rejects.toMatchObject({
        code: 'timeout',
        message: 'systemd-machined has not answered ListMachines for 2 s',
        hint: expect.stringContaining('systemctl status systemd-machined'),
      });
      await toMachined('CONT');
      expect(await machine1.listMachines()).toBeInstanceOf(Array);
    });
  });

  it('that is killed in the middle of a question is asked again when it is back', async () => {
    await busyboxImage('small');
    await withMachine1(25_000, async (machine1) => {
      await toMachined('STOP');
      const asked = machine1.listImages();
      await toMachined('KILL');
      expect((await asked).map(({ name }) => name)).toContain('small');
    });
  });

  it('that is killed in the middle of a deed is not asked again: what became of it is not known', async () => {
    await busyboxImage('small');
    await withMachine1(25_000, async (machine1) => {
      await toMachined('STOP');
      const renaming = machine1.renameImage('small', 'other').catch((error) => error);
      // The bus delivers in order: once this is answered, the call is on its way.
      await run('busctl', 'status');
      await toMachined('KILL');
      expect(await renaming).toMatchObject({
        code: 'failed',
        message: expect.stringContaining('ended in the middle of RenameImage'),
      });
    });
  });
});

describe('a user who may not', () => {
  it('is told what systemd says, and what to do', async () => {
    const program = `
      const { createNspawnManager } = require('./dist/load-nspawn.cjs')();
      const manager = createNspawnManager({ environment: process.env, helperPath: '' });
      manager.life.setEnabled('small', true)
        .catch(({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })))
        .finally(manager.close);
    `;
    const nobody = ['setpriv', '--reuid=65534', '--clear-groups'] as const;
    expect(JSON.parse(await run(...nobody, process.execPath, '--eval', program))).toMatchObject({
      code: 'permission',
      message: expect.stringMatching(/^EnableUnitFiles of systemd: .+/),
      hint: expect.stringContaining('polkit'),
    });
  });
});

describe('a machine', () => {
  it('whose image went beneath it is stopped all the same', async () => {
    const path = await busyboxImage('small');
    await life.start('small');
    await run('sh', '-c', `rm -rf '${path}'/* 2>/dev/null || true`);
    await life.kill('small');
    expect(await life.awaitEnd('small', patience.poll)).toBe(true);
  });

  it('that machinectl starts at the same moment is started once', async () => {
    await busyboxImage('small');
    const both = await Promise.allSettled([life.start('small'), machinectl('start', 'small')]);
    expect(both.map(({ status }) => status)).toContain('fulfilled');
    expect((await machinectl('list', '--no-legend')).split('\n')).toHaveLength(1);
  });
});

describe('a host', () => {
  it('that has all of it is found to', async () => {
    const findings = await examineHost();
    expect(findings.map(({ subject }) => subject).slice(0, 2)).toEqual(['systemd', 'systemd-machined']);
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
  });
});
