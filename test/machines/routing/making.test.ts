import { describe, expect, it, vi } from 'vitest';
import type { EphemeralRequest } from '../../../src/machines/time-travel.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { cloneRequest } from '../../fakes/machine-files.ts';
import { request } from '../../fakes/machines-in.ts';
import { twoSides } from '../../fakes/two-sides.ts';
import { caught } from '../caught.ts';

const created = () => vi.fn(async ({ name }: { readonly name: string | undefined }) => name ?? 'none');

describe('create', () => {
  it('makes native machines, unless the host is set otherwise', async () => {
    const [native, managed] = [created(), created()];
    const sides = { native: { create: native }, managed: { create: managed } };
    await twoSides(sides).machines.create(request('web'));
    await twoSides({ ...sides, newMachines: 'nspawn' }).machines.create(request('db'));
    expect(native.mock.calls.map(([{ name }]) => name)).toEqual(['web']);
    expect(managed.mock.calls.map(([{ name }]) => name)).toEqual(['db']);
  });

  it.each([
    ['native', ['web'], 'there is a machine "web" of systemd-nspawn already'],
    ['nspawn', ['none'], 'there is a native machine "web" already'],
  ] as const)('on %s refuses a name that the other backend has', async (newMachines, theirs, message) => {
    const create = created();
    const own = newMachines === 'native' ? [] : ['web'];
    const { machines } = twoSides({ own, theirs, newMachines, native: { create }, managed: { create } });
    expect(await caught(() => machines.create(request('web')))).toMatchObject({ code: 'exists', message });
    expect(create).not.toHaveBeenCalled();
  });

  it('picks a name that neither has', async () => {
    const create = created();
    const { machines, asked } = twoSides({ native: { create } });
    expect(await machines.create(request(undefined))).toMatch(/^[a-z]+-[a-z]+$/);
    expect(asked()).toBe(1);
  });

  it('does not turn to the other backend where the wanted one cannot be reached', async () => {
    const { machines } = twoSides({ broken: true, newMachines: 'nspawn' });
    expect((await caught(() => machines.create(request('web')))).message).toContain('system bus');
  });

  it('makes a native machine also where the manager does not answer, and says that nobody was asked', async () => {
    const { machines, warnings } = twoSides({ broken: true, native: { create: created() } });
    expect(await machines.create(request('web'))).toBe('web');
    expect(warnings).toHaveLength(1);
  });
});

describe('clone and rename', () => {
  it('stay on the backend of the machine', async () => {
    const [clone, rename] = [vi.fn(async () => undefined), vi.fn(async () => undefined)];
    const { machines } = twoSides({ own: ['web'], theirs: ['db'], managed: { clone, rename } });
    await machines.clone('db@snap1', 'copy', cloneRequest());
    await machines.rename('db', 'mail');
    expect(clone).toHaveBeenCalledWith('db@snap1', 'copy', expect.anything());
    expect(rename.mock.calls).toEqual([['db', 'mail']]);
  });

  it('refuse a name that the other backend has', async () => {
    const { machines } = twoSides({ own: ['web'], theirs: ['db'] });
    expect((await caught(() => machines.clone('web', 'db', cloneRequest()))).code).toBe('exists');
    expect((await caught(() => machines.clone('db', 'web', cloneRequest()))).code).toBe('exists');
    expect((await caught(() => machines.rename('web', 'db'))).code).toBe('exists');
    expect((await caught(() => machines.rename('db', 'web'))).code).toBe('exists');
  });
});

describe('start --ephemeral', () => {
  const asking = (wanted: string) => ({
    startEphemeral: async (_: string, { checkName }: EphemeralRequest) => {
      await checkName?.(wanted);
      return wanted;
    },
  });

  it.each([
    ['web', 'db'],
    ['db', 'web'],
  ])('of %s refuses the owner a name that the other backend has', async (source, wanted) => {
    const both = { own: ['web'], theirs: ['db'], native: asking(wanted), managed: asking(wanted) };
    const { machines } = twoSides(both);
    const error = await caught(() => machines.startEphemeral(source, quietWork));
    expect(error).toMatchObject({ code: 'exists', subject: wanted });
  });

  it('goes on where neither has it', async () => {
    const { machines } = twoSides({ own: ['web'], native: asking('web-otter') });
    expect(await machines.startEphemeral('web', quietWork)).toBe('web-otter');
  });
});

describe('import', () => {
  it('refuses the name of the archive if the other backend has it', async () => {
    const { machines } = twoSides({
      theirs: ['db'],
      native: {
        importMachine: async ({ checkName }) => {
          await checkName?.('db');
          throw new Error('not reached');
        },
      },
    });
    const error = await caught(() => machines.importMachine({ name: undefined } as never));
    expect(error).toMatchObject({ code: 'exists', subject: 'db' });
  });
});
