import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveImage } from '../../../../src/machines/images/image-file.ts';
import { snapshotRequest } from '../../../fakes/machine-files.ts';
import { caught } from '../../caught.ts';
import { type KeptMachine, keptMachine, OURS } from '../kept-machine.ts';

async function changes({ machines }: KeptMachine, from: string, to?: string, below?: string) {
  const found: string[] = [];
  for await (const { kind, path } of machines.diff(from, to, below)) found.push(`${kind} ${path}`);
  return found;
}

describe('diff of a machine that a manager keeps', () => {
  it('compares with the kept state that it goes on from', async () => {
    const kept = keptMachine();
    await kept.machines.snapshot('web', snapshotRequest());
    kept.write('a', '22');
    await kept.machines.snapshot('web', snapshotRequest());
    kept.write('new', '');
    expect(await changes(kept, 'web')).toEqual(['added /new']);
    expect(await changes(kept, 'web@snap2')).toEqual(['modified /a']);
    expect(await changes(kept, 'web@snap1', 'web')).toEqual(['modified /a', 'added /new']);
    expect(await changes(kept, 'web@snap1', 'web', '/a')).toEqual(['modified /a']);
    expect((await caught(() => changes(kept, 'web', undefined, '/nowhere'))).code).toBe('usage');
  });

  it('compares with the image that it was made from while no state of it was kept', async () => {
    const kept = keptMachine({ settings: `${OURS}ImageKey=tiny\n` });
    const { paths } = kept.managed.domain;
    saveImage(paths, { key: 'tiny', layers: ['one'] });
    for (const [path, text] of Object.entries({ a: '0', 'etc/hostname': 'web' })) {
      const file = join(paths.layerTree('one'), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    expect(await changes(kept, 'web')).toEqual(['modified /a']);
    const { text } = await kept.machines.diffFile('web', undefined, '/a');
    expect(text).toContain('--- image:/a');
    expect(text).toContain('+++ web:/a');
  });

  it('says what is not known of one that somebody else made', async () => {
    const kept = keptMachine({ settings: '' });
    expect(await caught(() => changes(kept, 'web'))).toMatchObject({
      code: 'failed',
      hint: expect.stringContaining('tsmachine snapshot web'),
    });
  });

  it('shows one file as a unified diff', async () => {
    const kept = keptMachine();
    await kept.machines.snapshot('web', snapshotRequest());
    kept.write('a', '2');
    const { text, binary } = await kept.machines.diffFile('web', undefined, '/a');
    expect(binary).toBe(false);
    expect(text).toContain('--- web@snap1:/a');
    expect(text).toContain('+2');
  });
});
