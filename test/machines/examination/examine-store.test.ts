import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/backends/backend.ts';
import { makeDirectory } from '../../../src/files/atomic-file.ts';
import { newLayerId } from '../../../src/machines/layers/new-layer.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { killedProgram } from '../../fakes/killed-program.ts';
import { snapshotRequest, writeFileOf } from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines, pullRequest, request } from '../../fakes/machines-fixture.ts';

const { die } = killedProgram();

/** Without the backend's own. */
async function findings({ machines }: MachinesFixture): Promise<readonly Finding[]> {
  return (await machines.examineHost()).slice(1);
}

const nothing = [expect.objectContaining({ subject: 'stored files', verdict: 'ok' })];

describe('doctor on the store', () => {
  it('finds nothing where there is nothing, and makes nothing', async () => {
    const fixture = makeMachines();
    rmSync(fixture.root, { recursive: true });
    expect(await findings(fixture)).toEqual(nothing);
    expect(() => rmSync(fixture.root)).toThrow('ENOENT');
  });

  it('finds nothing wrong with machines, snapshots, clones, trash and images', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    await machines.snapshot('web', snapshotRequest());
    await machines.create(request('gone'));
    await machines.destroy('gone', { force: false, now: false });
    await machines.pullImage(pullRequest({ templateOptions: { greeting: 'unused' } }));
    expect(await findings(fixture)).toEqual(nothing);
  });

  it('finds layers that nothing names, and those whose deletion was interrupted; image prune removes both', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    const stray = newLayerId();
    makeDirectory(paths.layerTree(stray));
    makeDirectory(join(paths.layers, `.${newLayerId()}`));
    expect(await findings(fixture)).toEqual([
      expect.objectContaining({ detail: `nothing names ${stray}`, fix: 'tsmachine image prune' }),
      expect.objectContaining({ subject: 'layers', verdict: 'note' }),
    ]);
    await machines.pruneImages({ dryRun: false });
    expect(await findings(fixture)).toEqual(nothing);
  });

  it('finds machines whose layer is gone or whose config cannot be read', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    await machines.create(request('torn'));
    writeFileSync(join(paths.machine('torn'), 'config.json'), '{');
    rmSync(paths.layer((await machines.readConfig('web')).storage.layers[0] ?? ''), { recursive: true });
    const found = await findings(fixture);
    expect(found).toMatchObject([
      { subject: 'machine torn', verdict: 'problem', fix: 'tsmachine config torn --edit' },
      { subject: 'machine web', verdict: 'problem', detail: expect.stringContaining('layer') },
      { subject: 'layers', detail: expect.stringContaining('torn'), fix: 'tsmachine config torn --edit' },
      { subject: 'image tiny-hello', verdict: 'note', fix: 'tsmachine image remove tiny-hello' },
    ]);
  });

  it('finds snapshots that cannot be restored, each with the command that removes it', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    for (const text of ['1', '2']) {
      writeFileOf(fixture, 'web', 'a', text);
      await machines.snapshot('web', snapshotRequest());
    }
    writeFileSync(join(paths.snapshot('web', 'snap1'), 'snapshot.json'), '{');
    expect(await findings(fixture)).toMatchObject([
      { subject: 'snapshot web@snap1', fix: 'tsmachine snapshot-remove web snap1' },
      { subject: 'layers', fix: 'tsmachine snapshot-remove web snap1' },
    ]);
    await machines.removeSnapshots('web', ['snap1'], { now: true });
    expect(await findings(fixture)).toEqual(nothing);
  });

  it.each([
    ['images/tiny-hello.json', 'tsmachine image remove tiny-hello'],
    ['trash/old.17/config.json', 'tsmachine trash empty old.17'],
  ])('says how to get rid of %s if it cannot be read', async (file, fix) => {
    const fixture = await withMachine();
    mkdirSync(join(fixture.root, file, '..'), { recursive: true });
    writeFileSync(join(fixture.root, file), '{');
    expect(await findings(fixture)).toContainEqual(expect.objectContaining({ subject: 'layers', fix }));
  });

  it('finds the note of a command that cannot be read, and frees no layer for it', async () => {
    const fixture = await withMachine();
    const path = join(fixture.paths.intents, 'web.json');
    writeFileSync(path, '{"operation":"restore","name":"web"}');
    expect(await findings(fixture)).toContainEqual({
      subject: 'layers',
      verdict: 'warning',
      detail: expect.stringContaining(path),
      fix: `Look whether the machine is whole; then rm '${path}'`,
    });
  });

  it.each([
    ['pull', 3, []],
    ['create', 5, ['web']],
  ] as const)(
    'finds what a %s that died has left, until another command settles it',
    async (verb, step, args) => {
      const fixture = makeMachines();
      await die(verb, step, [fixture.root, ...args]);
      expect(await findings(fixture)).toMatchObject([
        { subject: expect.stringMatching(`^${verb} of (pull\\.|web)`), verdict: 'warning' },
      ]);
      await fixture.machines.create(request('other'));
      expect(await findings(fixture)).toEqual(nothing);
    },
  );

  it('finds a staging folder that no command knows of', async () => {
    const fixture = await withMachine();
    const path = fixture.paths.staging("it's");
    makeDirectory(path);
    expect(await findings(fixture)).toMatchObject([
      { subject: 'staging', fix: expect.stringContaining('rm -r') },
    ]);
  });

  it('finds a trash over its bounds', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    await machines.destroy('web', { force: false, now: false });
    makeDirectory(join(root, 'trash'));
    const entry = `old.${Date.now() - 8 * 24 * 3600 * 1000}`;
    makeDirectory(join(root, 'trash', entry));
    writeFileSync(join(root, 'trash', entry, 'config.json'), '{"version":1,"storage":{"layers":[]}}');
    expect(await findings(fixture)).toMatchObject([
      { subject: 'trash', fix: `tsmachine trash empty ${entry}` },
    ]);
  });
});
