import { describe, expect, it } from 'vitest';
import { joinBashWords } from '../../../src/commands/completion/bash-words.ts';
import type { TrashSummary } from '../../../src/machines/machines.ts';
import { type RunOptions, run, snapshot } from '../stub-machines.ts';

const templates = () =>
  [
    { name: 'busybox', summary: 'small', options: [{ name: 'release', description: '', default: '' }] },
  ] as never;
const machines: NonNullable<RunOptions['machines']> = {
  names: async () => ['db', 'web', 'web2', '$(reboot)'],
  templates,
  snapshots: async (name) =>
    name === 'web' ? [snapshot('fresh'), snapshot('snap1'), snapshot('snap2')] : [],
  imageKeys: () => ['busybox-1f', 'debian-2e'],
  trash: async () => [
    { entry: 'old.1770000000000' } as TrashSummary,
    { entry: 'db@snap1.17' } as TrashSummary,
  ],
};

async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const ran = await run(['internal', 'complete', 'zsh', '--', ...words], { machines });
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  return ran.stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('completion', () => {
  it('offers commands, and aliases once they are begun', async () => {
    const all = await complete('');
    expect(all).toContain('start');
    expect(all).not.toContain('boot');
    expect(all).not.toContain('internal');
    expect(await complete('sta')).toEqual(['start', 'status']);
    expect(await complete('bo')).toEqual(['boot']);
  });

  it('offers machines that are not on the line yet, and never what a shell could execute', async () => {
    expect(await complete('start', '')).toEqual(['db', 'web', 'web2']);
    expect(await complete('start', 'web', 'w')).toEqual(['web2']);
    expect(await complete('boot', 'd')).toEqual(['db']);
  });

  it('offers no machine for the second word of rename', async () => {
    expect(await complete('rename', 'web', '')).toEqual([]);
  });

  it('sees the command behind global options and their values', async () => {
    expect(await complete('--root', '/tmp', '--json', 'start', 'd')).toEqual(['db']);
    expect(await complete('--backend', '')).toEqual(['auto', 'native', 'nspawn']);
  });

  it('leaves folders to the shell', async () => {
    expect(await complete('--root', '')).toEqual([':files']);
    expect(await complete('console', 'web', '--record', 'x')).toEqual([':files']);
    expect(await complete('export', 'web', '')).toEqual([':files']);
    expect(await complete('import', 'we')).toEqual([':files']);
  });

  it('offers options of the command and global ones', async () => {
    expect(await complete('stop', '--')).toEqual(
      expect.arrayContaining(['--all', '--timeout', '--json', '--help']),
    );
    expect(await complete('exec', 'web', '--us')).toEqual(['--user']);
  });

  it('offers values of options, also behind = and a comma', async () => {
    expect(await complete('wait', 'web', '--state', 'fr')).toEqual(['freezing', 'frozen']);
    expect(await complete('wait', 'web', '--state=stopp')).toEqual(['--state=stopped', '--state=stopping']);
    expect(await complete('list', '--state', 'stopped,ru')).toEqual(['stopped,running']);
    expect(await complete('create', '-t', '')).toEqual(['busybox']);
    expect(await complete('create', '--storage', 'b')).toEqual(['btrfs']);
  });

  it('offers settings, and their values', async () => {
    expect(await complete('set', 'web', 'memory.m')).toEqual(['memory.max=', 'memory.min=']);
    expect(await complete('config', 'web', 'nesting=')).not.toEqual([]);
    expect(await complete('create', '--set', 'pids')).toEqual(['pids.max=']);
  });

  it("offers a template's options behind --", async () => {
    expect(await complete('create', 'web', '-t', 'busybox', '--', '')).toEqual(['release=']);
  });

  it('offers behind help what it can be asked about', async () => {
    expect(await complete('help', 'snapshot-')).toEqual(['snapshot-remove']);
    expect(await complete('help', 'trash', '')).toEqual(expect.arrayContaining(['list', 'restore']));
    expect(await complete('help', 'start', '')).toEqual([]);
  });

  it('offers the commands of a group', async () => {
    expect(await complete('template', '')).toEqual(['list', 'info']);
    expect(await complete('template', 'info', '')).toEqual(['busybox']);
  });

  it('offers the snapshots of the machine that was named', async () => {
    expect(await complete('restore', 'web', '')).toEqual(['fresh', 'snap1', 'snap2']);
    expect(await complete('restore', 'web', 'fresh', '')).toEqual([]);
    expect(await complete('snapshot-remove', '--now', 'web', 'snap1', 's')).toEqual(['snap2']);
    expect(await complete('restore', 'db', '')).toEqual([]);
  });

  it('offers machines to be cloned, and behind @ their snapshots', async () => {
    expect(await complete('clone', 'we')).toEqual(['web', 'web2']);
    expect(await complete('clone', 'web@s')).toEqual(['web@snap1', 'web@snap2']);
    expect(await complete('copy', 'web@s', '')).toEqual([]);
  });

  it('offers what is in the trash', async () => {
    expect(await complete('trash', 'restore', '')).toEqual(['old.1770000000000', 'db@snap1.17']);
    expect(await complete('trash', 'empty', 'old.1770000000000', '')).toEqual(['db@snap1.17']);
  });

  it('offers nothing for a command inside a machine', async () => {
    expect(await complete('exec', 'web', '--', 'l')).toEqual([]);
  });
});

describe('the words of bash', () => {
  it.each([
    [['list', '--state', '=', 'ru'], ['list', '--state=ru'], 8],
    [['list', '--state', '='], ['list', '--state='], 8],
    [['set', 'web', 'a', '=', 'b', ''], ['set', 'web', 'a=b', ''], 0],
    [['clone', 'web', '@'], ['clone', 'web@'], 3],
    [['clone', 'web', '@', 'sn'], ['clone', 'web@sn'], 3],
    [['clone', 'web', '@', 'sn', 'new'], ['clone', 'web@sn', 'new'], 0],
    [['start', ''], ['start', ''], 0],
  ])('%j are %j', (given, words, offset) => {
    expect(joinBashWords(given)).toEqual({ words, offset });
  });

  it('offers images that are not on the line yet, and the options of the template that is pulled', async () => {
    expect(await complete('image', 'remove', '')).toEqual(['busybox-1f', 'debian-2e']);
    expect(await complete('image', 'rm', 'debian-2e', '')).toEqual(['busybox-1f']);
    expect(await complete('image', 'pull', '')).toEqual(['busybox']);
    expect(await complete('image', 'pull', 'busybox', '--', 're')).toEqual(['release=']);
  });
});
