import { describe, expect, it, vi } from 'vitest';
import type { ImageSummary, PullRequest, RemovedImage } from '../../src/machines/machines.ts';
import { run } from './stub-machines.ts';

const nobody = { machines: [], snapshots: [], trash: [] };
const digest = (start: string) => start + 'f'.repeat(64 - start.length);

function image(key: string, more: Partial<ImageSummary> = {}): ImageSummary {
  return {
    key,
    template: 'busybox',
    options: { busybox: '' },
    layers: ['1'],
    bytes: 2 * 1024 ** 2,
    usedBy: nobody,
    createdAt: new Date(Date.now() - 3_600_500).toISOString(),
    problem: null,
    ...more,
  };
}

describe('image list', () => {
  const all = [
    image(`busybox-${digest('0123456789abcdef')}`, {
      usedBy: { machines: ['web', 'db'], snapshots: ['web@snap1'], trash: ['old.1'] },
    }),
    image(`debian-${digest('a')}`, { template: 'debian', options: { release: 'trixie', packages: 'vim' } }),
    image('torn', { template: null, options: {}, problem: 'its file cannot be read' }),
  ];
  const images = async () => all;

  it('tells what they are, how large and old, and who uses them', async () => {
    expect((await run(['image', 'list'], { machines: { images } })).stdout.split('\n')).toEqual([
      'IMAGE                 TEMPLATE  OPTIONS                         SIZE  MADE    USED BY',
      'busybox-0123456789ab  busybox   -                            2.0 MiB  1h ago  2 machines, 1 snapshot and 1 entry of the trash',
      'debian-afffffffffff   debian    release=trixie packages=vim  2.0 MiB  1h ago  nothing',
      'torn                  -         -                            2.0 MiB  1h ago  broken: its file cannot be read',
      '',
    ]);
  });

  it('cuts no digest so short that another key begins so', async () => {
    const twins = [image(`b-${digest('0123456789ab0')}`), image(`b-${digest('0123456789ab1')}`)];
    const { stdout } = await run(['image', 'ls'], { machines: { images: async () => twins } });
    for (const { key } of twins) expect(stdout).toContain(key);
  });

  it('is the list as it is as JSON', async () => {
    const { stdout } = await run(['image', 'list', '--json'], { machines: { images } });
    expect(JSON.parse(stdout)).toEqual({ version: 1, images: all });
  });

  it('says that there are none', async () => {
    const ran = await run(['image', 'list'], { machines: { images: async () => [] } });
    expect(ran).toEqual({ exitCode: 0, stdout: '', stderr: 'no images\n' });
  });
});

describe('image pull', () => {
  function stub(built: boolean) {
    const pullImage = vi.fn(async (_: PullRequest) => ({ key: 'busybox-1', built }));
    return { pullImage, machines: { pullImage } };
  }

  it('asks for the template with its options, and says what came of it', async () => {
    const { pullImage, machines } = stub(true);
    const ran = await run(['image', 'pull', 'busybox', '--', 'busybox=/opt/b', '--x', 'y'], { machines });
    expect(ran).toEqual({ exitCode: 0, stdout: 'busybox-1: made\n', stderr: '' });
    expect(pullImage.mock.calls).toMatchObject([
      [{ template: 'busybox', templateOptions: { busybox: '/opt/b', x: 'y' } }],
    ]);
  });

  it('says that it is there already', async () => {
    const { machines } = stub(false);
    expect((await run(['image', 'pull', 'busybox'], { machines })).stdout).toBe(
      'busybox-1: is there already\n',
    );
    const json = await run(['image', 'pull', 'busybox', '--json'], { machines });
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, key: 'busybox-1', built: false });
  });

  it('takes one template', async () => {
    const { machines, pullImage } = stub(true);
    expect((await run(['image', 'pull', 'busybox', 'debian'], { machines })).exitCode).toBe(2);
    expect(pullImage).not.toHaveBeenCalled();
  });
});

describe('image remove', () => {
  const gone: readonly RemovedImage[] = [
    { key: 'a', freedBytes: 2048, usedBy: nobody, keptFor: null },
    { key: 'b', freedBytes: 0, usedBy: { ...nobody, machines: ['web'] }, keptFor: null },
    { key: 'c', freedBytes: 0, usedBy: nobody, keptFor: '/r/machines/web/config.json' },
  ];

  it('says what is freed, what stays, and why', async () => {
    const removeImages = vi.fn(async () => gone);
    const ran = await run(['image', 'remove', 'a', 'b', 'c'], { machines: { removeImages } });
    expect(removeImages).toHaveBeenCalledWith(['a', 'b', 'c'], expect.anything());
    expect(ran.stdout.split('\n')).toEqual([
      'a: removed, 2.0 KiB freed',
      'b: removed; its files stay for 1 machine',
      'c: removed; its files stay while /r/machines/web/config.json cannot be read: it may use them',
      '',
    ]);
    const json = await run(['image', 'rm', 'a', '--json'], { machines: { removeImages } });
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, removed: gone });
  });
});

describe('image prune', () => {
  const pruned = { images: [{ key: 'a', bytes: 2048 }], layers: 1, freedBytes: 4096 };

  it.each([
    [[], false, ['a: removed, 2.0 KiB', '1 layer that nothing names: removed', '4.0 KiB freed', '']],
    [
      ['--dry-run'],
      true,
      [
        'a: would be removed, 2.0 KiB',
        '1 layer that nothing names: would be removed',
        '4.0 KiB would be freed',
        '',
      ],
    ],
  ])('%j tells what goes', async (options, dryRun, lines) => {
    const pruneImages = vi.fn(async () => pruned);
    const ran = await run(['image', 'prune', ...options], { machines: { pruneImages } });
    expect(ran.stdout.split('\n')).toEqual(lines);
    expect(pruneImages).toHaveBeenCalledWith({ dryRun }, expect.anything());
    const json = await run(['image', 'prune', '--json', ...options], { machines: { pruneImages } });
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, dryRun, ...pruned });
  });

  it('says that there is nothing to do', async () => {
    const nothing = async () => ({ images: [], layers: 0, freedBytes: 0 });
    const ran = await run(['image', 'prune'], { machines: { pruneImages: nothing } });
    expect(ran.stdout).toBe('everything is in use\n');
  });
});
