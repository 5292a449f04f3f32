/** Kept states of files, and what differs between them. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { casesOf, kernel } from '../case.ts';
import { exportRequest, importRequest, snapshotRequest, work } from '../requests.ts';
import type { World } from '../world.ts';

/** A machine with a snapshot `then`, whose /etc/word was `first` and is `second`. */
async function changed({ machines, make, write }: World): Promise<string> {
  const name = await make();
  await write(name, '/etc/word', 'first\n');
  await machines.snapshot(name, snapshotRequest('then', { comment: 'before it' }));
  await write(name, '/etc/word', 'second\n');
  return name;
}

export const historyCases = [
  ...casesOf('snapshot', {
    'keeps the files of a machine under a name': async (world) => {
      const name = await changed(world);
      await world.machines.snapshot(name, snapshotRequest('now'));
      const listed = await world.machines.snapshots(name);
      expect(listed).toMatchObject([
        { name: 'then', comment: 'before it', parent: null, automatic: false, problem: null },
        { name: 'now', comment: null, parent: 'then', current: true },
      ]);
      expect((await world.machines.info(name)).snapshots).toBe(2);
    },
    'keeps those of one that runs': async ({ machines, boot }) => {
      const name = await boot();
      expect(await machines.snapshot(name, snapshotRequest('live'))).toMatchObject({ snapshot: 'live' });
      expect(await machines.info(name)).toMatchObject({ state: 'running', snapshots: 1 });
    },
    'refuses a name that is taken': async (world) => {
      const name = await changed(world);
      await expect(world.machines.snapshot(name, snapshotRequest('then'))).rejects.toMatchObject({
        code: 'exists',
      });
    },
    'is not a machine': async (world) => {
      const name = await changed(world);
      expect((await world.machines.names()).filter((other) => other.startsWith(name))).toEqual([name]);
    },
  }),
  ...casesOf('restore', {
    'puts its files back; what they were is kept, and undo brings it back': async (world) => {
      const name = await changed(world);
      const before = await world.machines.restore(name, 'then', work);
      expect(await world.read(name, '/etc/word')).toBe('first\n');
      expect(await world.machines.snapshots(name)).toContainEqual(
        expect.objectContaining({ name: before, automatic: true }),
      );
      expect(await world.machines.undo(work)).toMatchObject({ deed: 'restore', machine: name });
      expect(await world.read(name, '/etc/word')).toBe('second\n');
    },
    'refuses a snapshot that there is not, and changes nothing': async (world) => {
      const name = await changed(world);
      await expect(world.machines.restore(name, 'never', work)).rejects.toThrow(/never/);
      expect(await world.read(name, '/etc/word')).toBe('second\n');
    },
    'refuses a machine that runs': async ({ machines, boot }) => {
      const name = await boot();
      await machines.snapshot(name, snapshotRequest('live'));
      await expect(machines.restore(name, 'live', work)).rejects.toMatchObject({ code: 'wrong-state' });
    },
  }),
  ...casesOf('snapshot-remove', {
    'puts one into the trash, out of which undo brings it back': async (world) => {
      const name = await changed(world);
      await world.machines.removeSnapshots(name, ['then'], { now: false });
      expect(await world.machines.snapshots(name)).toEqual([]);
      await world.machines.undo(work);
      expect(await world.machines.snapshots(name)).toMatchObject([{ name: 'then' }]);
    },
    'removes one for good': async (world) => {
      const name = await changed(world);
      await world.machines.removeSnapshots(name, ['then'], { now: true });
      expect(await world.machines.snapshots(name)).toEqual([]);
      expect((await world.machines.trash()).filter(({ machine }) => machine === name)).toEqual([]);
    },
  }),
  ...casesOf(
    'diff',
    {
      'tells which files differ': async (world) => {
        const name = await changed(world);
        await world.write(name, '/etc/new', 'here');
        const found = [];
        for await (const { path, kind } of world.machines.diff(`${name}@then`, name, '/etc')) {
          if (kind !== 'metadata') found.push(`${kind} ${path}`);
        }
        expect(found.sort()).toEqual(['added /etc/new', 'modified /etc/word']);
      },
      'tells how a file differs': async (world) => {
        const name = await changed(world);
        const { text } = await world.machines.diffFile(`${name}@then`, name, '/etc/word');
        expect(text).toMatch(/-first\n\+second\n/);
      },
    },
    kernel,
  ),
  ...casesOf('revert', {
    'makes a path what it was; undo reverses it': async (world) => {
      const name = await changed(world);
      await world.machines.revert(name, ['/etc/word'], `${name}@then`, work);
      expect(await world.read(name, '/etc/word')).toBe('first\n');
      expect(await world.machines.undo(work)).toMatchObject({ deed: 'revert' });
      expect(await world.read(name, '/etc/word')).toBe('second\n');
    },
  }),
  ...casesOf('export', {
    'writes it to an archive, of which import makes a machine': async (world) => {
      const name = await changed(world);
      const [file, copy] = [join(world.folder(), 'machine.tar.gz'), world.newName()];
      await world.machines.exportMachine(name, exportRequest(file));
      expect(await world.machines.importMachine(importRequest(file, copy))).toMatchObject({ name: copy });
      expect(await world.read(copy, '/etc/word')).toBe('second\n');
      expect(await world.machines.info(copy)).toMatchObject({ state: 'stopped' });
    },
    'takes the snapshots along': async (world) => {
      const name = await changed(world);
      const [file, copy] = [join(world.folder(), 'machine.tar'), world.newName()];
      await world.machines.exportMachine(name, exportRequest(file, { snapshots: true }));
      const { snapshots } = await world.machines.importMachine(importRequest(file, copy));
      expect(snapshots).toEqual(['then']);
      await world.machines.restore(copy, 'then', work);
      expect(await world.read(copy, '/etc/word')).toBe('first\n');
    },
  }),
];
