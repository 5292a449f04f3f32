/** What a command that was killed has left, where recovery fails again and again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { killedProgram } from '../../fakes/killed-program.ts';
import { readFileOf, writeFileOf } from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const { die } = killedProgram();
const forGood = { force: false, now: true };

async function withMachineNamed(...names: readonly string[]): Promise<MachinesFixture> {
  const fixture = makeMachines();
  for (const name of names) await fixture.machines.create(request(name));
  return fixture;
}

/** The disk has damaged the note: what was to be kept is not in it any more. */
function damage({ paths }: MachinesFixture, name: string): void {
  const path = join(paths.intents, `${name}.json`);
  const { record: _, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(rest));
}

/** Nothing below a path can be removed. */
function holdFast({ backend }: MachinesFixture, held: string): { readonly letGo: () => void } {
  const { remove } = backend.storage;
  Object.assign(backend.storage, {
    remove: async (path: string) => {
      if (path.startsWith(held))
        throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'rm', path });
      await remove(path);
    },
  });
  return { letGo: () => void Object.assign(backend.storage, { remove }) };
}

const start = ({ machines }: MachinesFixture, name: string) => machines.start(name, { ifNeeded: false });

describe('a recovery that fails each time', () => {
  it('is told with its cause and the way out by every command, and destroy --now is that way', async () => {
    const fixture = await withMachineNamed('web', 'other');
    const { machines, root } = fixture;
    await die('snapshot', 3, [root, 'web']);
    damage(fixture, 'web');
    for (const deed of [
      () => start(fixture, 'web'),
      () => machines.rename('web', 'www'),
      () => machines.destroy('web', { force: true, now: false }),
    ]) {
      expect(await caught(deed)).toMatchObject({
        message: expect.stringMatching(
          /^an interrupted snapshot of web cannot be settled: .*intents\/web\.json is damaged/,
        ),
        hint: expect.stringContaining('tsmachine destroy web --now'),
      });
    }
    await start(fixture, 'other');
    await machines.destroy('web', forGood);
    expect(await machines.names()).toEqual(['other']);
    expect(await machines.trash()).toEqual([]);
    await machines.create(request('web'));
    await start(fixture, 'web');
  });

  it('of what removes nothing else is dropped with its machine, and no layer stays behind', async () => {
    const fixture = await withMachineNamed('web', 'other');
    const { machines, root } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await die('snapshot', 3, [root, 'web']);
    damage(fixture, 'web');
    await machines.destroy('web', forGood);
    expect(await machines.pruneImages({ dryRun: true })).toMatchObject({ layers: 0 });
  });

  it('of a clone breaks its source once, and is tried again under the name of the clone', async () => {
    const fixture = await withMachineNamed('web');
    const { machines, paths, root } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await die('clone', 6, [root, 'web', 'copy']);
    const { letGo } = holdFast(fixture, paths.staging('copy'));
    expect((await caught(() => start(fixture, 'web'))).message).toContain('clone of copy');
    await start(fixture, 'web');
    await machines.kill('web', 'SIGKILL');
    expect((await caught(() => machines.create(request('copy')))).hint).not.toContain('destroy');
    letGo();
    await machines.create(request('copy'));
    expect(await machines.names()).toEqual(['copy', 'web']);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
  });

  it('of a clone goes on for the clone when its source is given up', async () => {
    const fixture = await withMachineNamed('web');
    const { machines, paths, root } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    // The changes of the source are a layer already, and it does not know.
    await die('clone', 4, [root, 'web', 'copy']);
    const { letGo } = holdFast(fixture, paths.staging('copy'));
    expect((await caught(() => start(fixture, 'web'))).hint).toContain('tsmachine destroy web --now');
    await machines.destroy('web', forGood);
    expect(await machines.names()).toEqual([]);
    expect(existsSync(paths.staging('copy'))).toBe(true);
    letGo();
    await machines.create(request('copy'));
    expect(await machines.names()).toEqual(['copy']);
  });

  it('of a clone leaves the source whole when the clone is given up', async () => {
    const fixture = await withMachineNamed('web');
    const { machines, paths, root } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await die('clone', 8, [root, 'web', 'copy']);
    holdFast(fixture, paths.staging('copy'));
    await caught(() => start(fixture, 'copy'));
    await machines.destroy('copy', forGood);
    await start(fixture, 'web');
    expect(await machines.names()).toEqual(['web']);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
  });

  it('of a rename gives the id range up with the machine', async () => {
    const fixture = await withMachineNamed('web');
    const { machines, backend, root } = fixture;
    await die('rename', 3, [root, 'web', 'www']);
    const { renameIdRange } = backend;
    let broken = true;
    Object.assign(backend, {
      renameIdRange: async (...given: Parameters<typeof renameIdRange>) => {
        if (broken) {
          broken = false;
          throw new Error('cannot');
        }
        await renameIdRange(...given);
      },
    });
    await machines.destroy('www', forGood);
    expect(await machines.names()).toEqual([]);
    expect(await backend.idRangesOf('web')).toEqual([]);
    expect(await backend.idRangesOf('www')).toEqual([]);
  });
});

describe('a note that cannot be read at all', () => {
  it.each(['{', 'null', '{}', '{"operation":"clone","name":"web"}'])(
    'blocks no machine, frees no layer, and doctor names it: %s',
    async (text) => {
      const fixture = await withMachineNamed('web');
      const { machines, paths } = fixture;
      const path = join(paths.intents, 'web.json');
      writeFileSync(path, text);
      await machines.create(request('other'));
      expect(await caught(() => machines.pruneImages({ dryRun: false }))).toMatchObject({ path });
      expect(await machines.examineHost()).toContainEqual(
        expect.objectContaining({ verdict: 'warning', detail: expect.stringContaining(path) }),
      );
      await machines.destroy('web', forGood);
      expect(existsSync(path)).toBe(false);
    },
  );
});
