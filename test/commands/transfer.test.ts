import { describe, expect, it, vi } from 'vitest';
import type { ExportRequest, ImportedMachine, ImportRequest } from '../../src/machines/machines.ts';
import { run } from './stub-machines.ts';

const exporting = (snapshots: readonly string[] = []) =>
  vi.fn(async (_source: string, _request: ExportRequest) => snapshots);
const importing = (imported: ImportedMachine) => vi.fn(async (_request: ImportRequest) => imported);
const plain: ImportedMachine = { name: 'web', snapshots: [], leftOut: [] };

describe('export', () => {
  it('asks for what the words say, and says where it went', async () => {
    const exportMachine = exporting(['one', 'two']);
    const words = ['export', 'web@one', 'web.tar.zst', '--snapshots', '--force'];
    expect(await run(words, { machines: { exportMachine } })).toEqual({
      exitCode: 0,
      stdout: 'web@one: exported to web.tar.zst with 2 snapshots\n',
      stderr: '',
    });
    expect(exportMachine.mock.calls).toMatchObject([
      ['web@one', { target: { path: 'web.tar.zst' }, snapshots: true, force: true }],
    ]);
    const json = await run([...words, '--json'], { machines: { exportMachine } });
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      source: 'web@one',
      file: 'web.tar.zst',
      snapshots: ['one', 'two'],
    });
  });

  it('says nothing on standard output where the archive goes, and refuses a terminal', async () => {
    const exportMachine = exporting();
    for (const words of [
      ['export', 'web', '-'],
      ['export', 'web', '-', '--json'],
    ]) {
      expect(await run(words, { machines: { exportMachine } })).toEqual({
        exitCode: 0,
        stdout: '',
        stderr: '',
      });
    }
    expect(exportMachine.mock.calls[0]?.[1].target).toBe('stdout');
    const ran = await run(['export', 'web', '-'], { machines: { exportMachine }, terminal: true });
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining('nothing for a terminal')]);
  });
});

describe('import', () => {
  it('asks for what the words say', async () => {
    const importMachine = importing(plain);
    const options = ['--storage', 'dir', '--keep-identity', '--trust', '--max-size', '1.5G'];
    await run(['import', 'web.tar', 'copy', ...options], { machines: { importMachine } });
    await run(['import', '-'], { machines: { importMachine } });
    expect(importMachine.mock.calls).toMatchObject([
      [
        {
          source: { path: 'web.tar' },
          name: 'copy',
          storage: 'dir',
          keepIdentity: true,
          trust: true,
          maxBytes: 1.5 * 2 ** 30,
        },
      ],
      [
        {
          source: 'stdin',
          name: undefined,
          storage: undefined,
          keepIdentity: false,
          trust: false,
          maxBytes: undefined,
        },
      ],
    ]);
    expect((await run(['import', 'x', '--max-size', 'much'], { machines: { importMachine } })).exitCode).toBe(
      2,
    );
  });

  it('says what came, and what was left out', async () => {
    const importMachine = importing({ name: 'web', snapshots: ['one'], leftOut: ['binds', 'privileged'] });
    expect(await run(['import', 'web.tar'], { machines: { importMachine } })).toEqual({
      exitCode: 0,
      stdout: 'web: imported, snapshots: one\n',
      stderr: 'web: not taken over, since it opens the host: binds, privileged (see --trust)\n',
    });
    const json = await run(['import', 'web.tar', '--json'], { machines: { importMachine } });
    expect([JSON.parse(json.stdout), json.stderr]).toEqual([
      { version: 1, name: 'web', snapshots: ['one'], leftOut: ['binds', 'privileged'] },
      '',
    ]);
  });
});
