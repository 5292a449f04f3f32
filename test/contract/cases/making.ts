/** Machines that come, go and get other names. */
import { expect } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { newCommandId } from '../../../src/machines/trash/removed-by.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import { casesOf, kernel } from '../case.ts';
import { cloneRequest, createRequest, snapshotRequest, work } from '../requests.ts';

const kept = { force: false, now: false };

export const makingCases = [
  ...casesOf('create', {
    'makes a machine of a template, which is down': async ({ machines, template, newName }) => {
      const name = newName();
      expect(await machines.create(createRequest(template, { name }))).toBe(name);
      expect(await machines.info(name)).toMatchObject({ name, state: 'stopped', template });
      expect(await machines.names()).toContain(name);
    },
    'picks a free name': async ({ machines, template }) => {
      const name = await machines.create(createRequest(template));
      expect(await machines.names()).toContain(name);
    },
    'sets what it is told to': async ({ machines, template, newName }) => {
      const name = newName();
      await machines.create(createRequest(template, { name, settings: { 'pids.max': '77' } }));
      expect(await machines.settings(name)).toMatchObject({ 'pids.max': '77' });
    },
    'makes one whose files are shared layers (--storage overlay)': async ({
      machines,
      template,
      newName,
    }) => {
      const name = newName();
      await machines.create(createRequest(template, { name, storage: 'overlay' }));
      expect((await machines.readConfig(name)).storage.driver).toBe('overlay');
    },
    'takes user data for its first start': async ({ machines, template, newName }) => {
      const name = newName();
      const userData = { text: '#!/bin/sh\necho done >/root/done\n', settings: {} };
      await machines.create(createRequest(template, { name, userData }));
      expect((await machines.info(name)).firstBoot?.left).toBeGreaterThan(0);
    },
    'refuses a name that is taken': async ({ machines, template, make }) => {
      const name = await make();
      await expect(machines.create(createRequest(template, { name }))).rejects.toMatchObject({
        code: 'exists',
      });
    },
  }),
  ...casesOf(
    'create',
    {
      'does what user data says, once, at the first start': async ({ machines, template, newName }) => {
        const name = newName();
        const files = '[{path: /etc/early, content: "kept\\n"}]';
        const text = `#cloud-config\nwrite_files: ${files}\nruncmd: ["cat /etc/early >> /root/said"]\n`;
        await machines.create(createRequest(template, { name, userData: { text, settings: {} } }));
        expect((await machines.info(name)).firstBoot?.left).toBeGreaterThan(0);
        await machines.start(name, { ifNeeded: false });
        await machines.restart(name, { timeoutSeconds: patience.poll / 1000 });
        const { stdout } = await machines.exec(name, execRequest(['cat', '/root/said']));
        expect(String(stdout)).toBe('kept\n');
        expect((await machines.info(name)).firstBoot).toEqual({ left: 0, failures: [] });
      },
    },
    kernel,
  ),
  ...casesOf('clone', {
    'makes a copy, which goes its own way': async (world) => {
      const { machines, newName, make, write, read } = world;
      const [source, copy] = [await make(), newName()];
      await write(source, '/etc/word', 'first');
      await machines.clone(source, copy, cloneRequest);
      await write(source, '/etc/word', 'second');
      expect(await read(copy, '/etc/word')).toBe('first');
      expect(await machines.names()).toContain(copy);
    },
    'makes one of a snapshot': async ({ machines, newName, make, write, read }) => {
      const [source, copy] = [await make(), newName()];
      await write(source, '/etc/word', 'first');
      await machines.snapshot(source, snapshotRequest('then'));
      await write(source, '/etc/word', 'second');
      await machines.clone(`${source}@then`, copy, cloneRequest);
      expect(await read(copy, '/etc/word')).toBe('first');
    },
  }),
  ...casesOf('rename', {
    'gives it another name, files and snapshots with it': async (world) => {
      const { machines, newName, make, write, read } = world;
      const [name, newOne] = [await make(), newName()];
      await write(name, '/etc/word', 'kept');
      await machines.snapshot(name, snapshotRequest('then'));
      await machines.rename(name, newOne);
      expect(await read(newOne, '/etc/word')).toBe('kept');
      expect((await machines.snapshots(newOne)).map((snapshot) => snapshot.name)).toEqual(['then']);
      expect(await machines.names()).not.toContain(name);
    },
    'refuses a name that is taken': async ({ machines, make }) => {
      const [one, other] = [await make(), await make()];
      await expect(machines.rename(one, other)).rejects.toMatchObject({ code: 'exists' });
      expect(await machines.names()).toEqual(expect.arrayContaining([one, other]));
    },
    'refuses a machine that runs': async ({ machines, newName, shared }) => {
      await expect(machines.rename(await shared(), newName())).rejects.toMatchObject({ code: 'wrong-state' });
    },
  }),
  ...casesOf('destroy', {
    'puts it into the trash, out of which undo brings it back': async (world) => {
      const { machines, make, write, read } = world;
      const name = await make();
      await write(name, '/etc/word', 'kept');
      await machines.destroy(name, kept);
      expect(await machines.names()).not.toContain(name);
      expect((await machines.trash()).map(({ machine }) => machine)).toContain(name);
      expect(await machines.undo(work)).toMatchObject({ deed: 'destroy', machine: name });
      expect(await read(name, '/etc/word')).toBe('kept');
    },
    'of several by one command is undone by one undo': async ({ machines, make }) => {
      const [name, other] = [await make(), await make()];
      const command = newCommandId();
      for (const one of [name, other]) await machines.destroy(one, { ...kept, command });
      const undone = await machines.undo(work);
      expect(undone.command?.results.map(({ machine }) => machine).sort()).toEqual([name, other].sort());
      expect(await machines.names()).toEqual(expect.arrayContaining([name, other]));
    },
    'removes it for good': async ({ machines, make }) => {
      const name = await make();
      await machines.destroy(name, { force: false, now: true });
      expect(await machines.names()).not.toContain(name);
      expect((await machines.trash()).map(({ machine }) => machine)).not.toContain(name);
    },
    'refuses one that runs, unless it is forced to': async ({ machines, boot }) => {
      const name = await boot();
      await expect(machines.destroy(name, kept)).rejects.toMatchObject({ code: 'wrong-state' });
      await machines.destroy(name, { force: true, now: true });
      expect(await machines.names()).not.toContain(name);
    },
  }),
  ...casesOf('trash', {
    'gives one entry back under another name, and is emptied': async (world) => {
      const { machines, make, newName } = world;
      const [name, other, newOne] = [await make(), await make(), newName()];
      await machines.destroy(name, kept);
      await machines.destroy(other, kept);
      const entryOf = async (machine: string) =>
        (await machines.trash()).find((entry) => entry.machine === machine)?.entry ?? '';
      expect(await machines.restoreFromTrash(await entryOf(name), { as: newOne })).toBe(newOne);
      await machines.emptyTrash([await entryOf(other)]);
      expect((await machines.trash()).map(({ machine }) => machine)).not.toContain(other);
      expect(await machines.names()).toContain(newOne);
    },
  }),
  ...casesOf(
    'run',
    {
      'runs a command in a machine that is made for it and goes with it': async (world) => {
        const { machines, template, newName } = world;
        const name = newName();
        const command = execRequest(['sh', '-c', 'echo here; exit 3']);
        const result = await machines.run({ ...createRequest(template, { name }), command });
        expect({ code: result.exitCode, out: String(result.stdout) }).toEqual({ code: 3, out: 'here\n' });
        await expect.poll(() => machines.names()).not.toContain(name);
      },
    },
    kernel,
  ),
];
