/** The host that the tests of the nspawn backend run in has what they need. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imagesAreSubvolumes } from '../../setup/nspawn-host.ts';
import { withNspawnHost } from './nspawn-host.ts';

const { busyboxImage, debianImage, machinectl, run, cleanUp, cli } = withNspawnHost();

describe('a test host', () => {
  it('starts an image of BusyBox with users of its own, and its init halts when it is stopped', async () => {
    await busyboxImage('small');
    await machinectl('start', 'small');
    expect(await machinectl('list', '--no-legend')).toMatch(/^small +container +systemd-nspawn/);
    const leader = await machinectl('show', 'small', '--property=Leader', '--value');
    expect(await run('cat', `/proc/${leader}/uid_map`)).not.toMatch(/^ *0 +0 /);
    await run('systemctl', 'stop', 'systemd-nspawn@small');
    expect(await run('systemctl', 'show', '--property=Result', '--value', 'systemd-nspawn@small')).toBe(
      'success',
    );
  });

  it('boots an image of Debian, into which commands go', async () => {
    await debianImage('large');
    await machinectl('start', 'large');
    const isBooted = ['systemctl', 'is-active', 'multi-user.target'];
    expect(await run('systemd-run', '-M', 'large', '-q', '--pipe', '--wait', ...isBooted)).toBe('active');
  });

  it.runIf(imagesAreSubvolumes)(
    'has images as subvolumes: clones are instant, and their size can be limited',
    async () => {
      await machinectl('clone', 'small', 'twin');
      await machinectl('set-limit', 'twin', '1G');
      await machinectl('read-only', 'twin', 'yes');
      expect(await machinectl('image-status', 'twin')).toMatch(/Type: subvolume[\s\S]*RO: read-only/);
      expect(await run('btrfs', 'qgroup', 'show', '-re', '--raw', '/var/lib/machines/twin')).toMatch(
        / 1073741824 /,
      );
    },
  );

  it('runs our program', async () => {
    const { stdout } = await cli(['--backend', 'native', 'doctor', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });

  it('has nothing left when it is cleaned up', async () => {
    await cleanUp();
    expect(readdirSync('/var/lib/machines')).toEqual([]);
    expect(await machinectl('list', '--no-legend')).toBe('');
  });
});
