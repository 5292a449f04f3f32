import { describe, expect, it, vi } from 'vitest';
import { MachineError } from '../../../src/machines/errors.ts';
import { twoSides } from '../../fakes/two-sides.ts';
import { caught } from '../caught.ts';

const noSuch = async (): Promise<never> => {
  throw new MachineError('no-such-machine', 'there is no machine "x"');
};
const saying = (who: string) => ({
  configText: async (name: string) => `${who}'s ${name}`,
  exportMachine: async (source: string) => [`${who}'s ${source}`],
});

describe('a verb on a machine', () => {
  it('goes to the native one, and nobody else is asked', async () => {
    const { machines, asked } = twoSides({ own: ['web'], theirs: ['web'], native: saying('native') });
    expect(await machines.configText('web')).toBe("native's web");
    expect(asked()).toBe(0);
  });

  it('goes to the manager if that has the machine, with all that was given', async () => {
    const stop = vi.fn(async () => ({ clean: true, exit: undefined }));
    const { machines } = twoSides({ theirs: ['db'], managed: { ...saying('managed'), stop } });
    expect(await machines.configText('db')).toBe("managed's db");
    await machines.stop('db', { timeoutSeconds: 7 });
    expect(stop.mock.calls).toEqual([['db', { timeoutSeconds: 7 }]]);
  });

  it('goes by the machine of a snapshot', async () => {
    const { machines } = twoSides({
      own: ['web'],
      theirs: ['db'],
      native: saying('native'),
      managed: saying('managed'),
    });
    expect(await machines.exportMachine('db@snap1', {} as never)).toEqual(["managed's db@snap1"]);
    expect(await machines.exportMachine('web@snap1', {} as never)).toEqual(["native's web@snap1"]);
  });

  it('is refused in native words if nobody has it', async () => {
    const { machines, warnings } = twoSides({ theirs: ['db'], native: { configText: noSuch } });
    expect((await caught(() => machines.configText('x'))).code).toBe('no-such-machine');
    expect(warnings).toEqual([]);
  });

  it('says so if the manager could not be asked who has it', async () => {
    const { machines, warnings } = twoSides({ broken: true, native: { configText: noSuch } });
    expect((await caught(() => machines.configText('x'))).code).toBe('no-such-machine');
    expect(warnings).toEqual([
      'machines of systemd-nspawn are left out: the system bus does not answer (start it)',
    ]);
  });

  it.each(['../web', '.hidden', '', `${'a'.repeat(256)}`])(
    'does not ask the manager for %j',
    async (name) => {
      const { machines, asked } = twoSides({ theirs: [name], native: { configText: noSuch } });
      await caught(() => machines.configText(name));
      expect(asked()).toBe(0);
    },
  );

  it('fails as its own side does', async () => {
    const { machines, warnings } = twoSides({
      theirs: ['db'],
      managed: {
        freeze: async () => {
          throw new MachineError('wrong-state', 'it does not run');
        },
      },
    });
    expect((await caught(() => machines.freeze('db'))).code).toBe('wrong-state');
    expect(warnings).toEqual([]);
  });
});

describe('streams of a machine', () => {
  it('come from whoever has it', async () => {
    const { machines } = twoSides({
      theirs: ['db'],
      managed: {
        followConsoleLog: async function* (name) {
          yield Buffer.from(`log of ${name}`);
        },
      },
    });
    const parts: string[] = [];
    for await (const part of machines.followConsoleLog('db', new AbortController().signal))
      parts.push(String(part));
    expect(parts).toEqual(['log of db']);
  });
});

describe('files of two machines', () => {
  const diffFile = async (from: string, to: string | undefined) => ({ text: `${from} ${to}`, binary: false });

  it('are compared by who has both', async () => {
    const { machines } = twoSides({ theirs: ['db', 'mail'], managed: { diffFile } });
    expect(await machines.diffFile('db@snap1', 'mail', '/x')).toMatchObject({ text: 'db@snap1 mail' });
  });

  it('are not compared across backends', async () => {
    const { machines } = twoSides({
      own: ['web'],
      theirs: ['db'],
      native: { diffFile },
      managed: { diffFile },
    });
    expect(await caught(() => machines.diffFile('web', 'db@snap1', '/x'))).toMatchObject({
      code: 'unsupported',
      message: 'web and db@snap1 are kept by different backends',
    });
  });
});

describe('what a monitor calls', () => {
  it('is for native machines alone: the manager is not asked', async () => {
    const handleExit = vi.fn(async () => 'stay-down' as const);
    const { machines, asked } = twoSides({ native: { handleExit } });
    expect(await machines.handleExit('gone', { final: false })).toBe('stay-down');
    expect(asked()).toBe(0);
  });
});
