/** What goes in and out of machines. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { execRequest } from '../../fakes/exec-request.ts';
import { casesOf, kernel } from '../case.ts';
import { copyRequest } from '../requests.ts';
import type { World } from '../world.ts';

async function output({ machines }: World, name: string, text: string): Promise<string> {
  const { exitCode, stdout } = await machines.exec(name, execRequest(['sh', '-c', text]));
  return exitCode === 0 ? String(stdout) : `exit ${exitCode}`;
}

function fileOf({ folder }: World, text: string): string {
  const path = join(folder(), 'file');
  writeFileSync(path, text);
  return path;
}

async function pulled(world: World, name: string, path: string): Promise<string> {
  const target = join(world.folder(), 'pulled');
  await world.machines.pull(name, copyRequest([path], target));
  return readFileSync(target, 'utf8');
}

export const fileCases = [
  ...casesOf(
    'push',
    {
      'brings files into a machine that is down': async (world) => {
        const name = await world.make();
        const { files } = await world.machines.push(
          name,
          copyRequest([fileOf(world, 'from outside')], '/root/file'),
        );
        expect(files).toBe(1);
        expect(await world.read(name, '/root/file')).toBe('from outside');
      },
      'brings them into one that runs, owned by its root': async (world) => {
        const name = await world.boot();
        await world.machines.push(name, copyRequest([fileOf(world, 'from outside')], '/root/file'));
        expect(await output(world, name, 'stat -c %u /root/file; cat /root/file')).toBe('0\nfrom outside');
      },
    },
    kernel,
  ),
  ...casesOf(
    'pull',
    {
      'brings files out of a machine that is down': async (world) => {
        const name = await world.make();
        await world.write(name, '/root/file', 'from inside');
        expect(await pulled(world, name, '/root/file')).toBe('from inside');
      },
      'brings them out of one that runs': async (world) => {
        const name = await world.shared();
        await output(world, name, 'printf "from inside" >/tmp/file');
        expect(await pulled(world, name, '/tmp/file')).toBe('from inside');
      },
    },
    kernel,
  ),
  ...casesOf(
    'bind',
    {
      'shows a directory of the host in a machine that runs, until it is unbound': async (world) => {
        const name = await world.boot();
        const source = world.folder();
        writeFileSync(join(source, 'word'), 'of the host');
        const bound = await world.machines.bind(name, { source, path: '/mnt/bound', readOnly: true });
        expect(bound.live).toBe(true);
        expect(await output(world, name, 'cat /mnt/bound/word')).toBe('of the host');
        expect(await output(world, name, 'touch /mnt/bound/new 2>/dev/null')).not.toBe('');
        await world.machines.unbind(name, { source, path: undefined, force: true });
        expect(await output(world, name, 'cat /mnt/bound/word 2>/dev/null')).not.toBe('of the host');
      },
      'is there after the next start': async (world) => {
        const name = await world.make();
        const source = world.folder();
        writeFileSync(join(source, 'word'), 'of the host');
        await world.machines.bind(name, { source, path: '/mnt/bound', readOnly: true });
        await world.machines.start(name, { ifNeeded: false });
        expect(await output(world, name, 'cat /mnt/bound/word')).toBe('of the host');
      },
      'goes from a machine that runs, also if its start made it': async (world) => {
        const name = await world.make();
        const source = world.folder();
        await world.machines.bind(name, { source, path: '/mnt/bound', readOnly: true });
        await world.machines.start(name, { ifNeeded: false });
        await world.machines.unbind(name, { source, path: undefined, force: true });
        expect(await output(world, name, 'grep " /mnt/bound " /proc/mounts')).toBe('exit 1');
      },
    },
    kernel,
  ),
];
