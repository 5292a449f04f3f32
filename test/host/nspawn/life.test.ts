/** Starting, stopping and freezing by systemd and machined. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { withNspawnHost } from './nspawn-host.ts';
import { withManager } from './with-manager.ts';

const { busyboxImage, debianImage, cleanUp, run, machinectl } = withNspawnHost();
const { life, views } = withManager();

afterEach(cleanUp);

async function stateOf(name: string): Promise<string> {
  return run('systemctl', 'show', '--property=ActiveState', '--value', `systemd-nspawn@${name}`);
}

/** A machine whose init says a word and exits; systemd-nspawn is content with it as soon as it runs. */
async function runToEnd(name: string, code: number): Promise<void> {
  const init = join(await busyboxImage(name, ['NotifyReady=no']), 'sbin/init');
  rmSync(init);
  writeFileSync(init, `#!/bin/sh\necho as told\nexit ${code}\n`, { mode: 0o755 });
}

describe('a machine that is started', () => {
  it('has booted when its init says so, and cannot be started twice', async () => {
    await debianImage('large-1.lan');
    await life.start('large-1.lan');
    expect(await stateOf('large-1.lan')).toBe('active');
    expect(await life.awaitReady('large-1.lan', patience.poll)).toBe('ready');
    await expect(life.start('large-1.lan')).rejects.toMatchObject({ code: 'already-running' });
  });

  it('and does not come up says why, in the words of nspawn', async () => {
    const path = await busyboxImage('broken');
    await run('find', path, '-mindepth', '1', '-delete');
    await expect(life.start('broken')).rejects.toMatchObject({
      code: 'launch-failed',
      message: expect.stringMatching(/did not come up \(exit-code, exit code \d+\): .+/),
    });
  });

  it('and does not come up says why also where the journal hears of it after nspawn is gone', async () => {
    const path = await busyboxImage('broken');
    await run('find', path, '-mindepth', '1', '-delete');
    const journald = Number(
      await run('systemctl', 'show', '--property=MainPID', '--value', 'systemd-journald'),
    );
    process.kill(journald, 'SIGSTOP');
    const starting = life.start('broken');
    starting.catch(() => {});
    try {
      await until(async () => expect(await stateOf('broken')).toBe('failed'));
    } finally {
      process.kill(journald, 'SIGCONT');
    }
    await expect(starting).rejects.toMatchObject({
      message: expect.stringMatching(/did not come up \(.+\): .+/),
    });
  });

  it('and dies on its way up has not started', async () => {
    await debianImage('large');
    const starting = life.start('large');
    starting.catch(() => {});
    await until(() => life.kill('large'));
    await expect(starting).rejects.toMatchObject({
      code: 'launch-failed',
      message: expect.stringContaining('did not come up'),
    });
  });

  it('has failed if its init cannot be executed, and says what was tried', async () => {
    rmSync(join(await busyboxImage('empty', ['NotifyReady=no']), 'sbin/init'));
    await expect(life.start('empty')).rejects.toMatchObject({
      code: 'launch-failed',
      message: expect.stringMatching(/its init failed at once .*\/sbin\/init.* No such file/),
    });
  });

  it('has failed if it is seen that its init does, and its end is told if that is a moment later', async () => {
    await runToEnd('failing', 3);
    await life.start('failing').catch((error) => {
      expect(error.code).toBe('launch-failed');
      expect(error.message).toMatch(/its init failed at once \(exit-code, exit code 3\)/);
    });
    await expect.poll(() => stateOf('failing')).toBe('failed');
    expect(await views.lastExit('failing')).toMatchObject({ reason: 'exited', code: 3 });
  });

  it('has started if its init exits at once with 0, as one that does its work and ends', async () => {
    await runToEnd('working', 0);
    await life.start('working');
    expect(await life.awaitEnd('working', patience.poll)).toBe(true);
    expect(await stateOf('working')).toBe('inactive');
  });

  it('is told apart from one that has ended', async () => {
    await busyboxImage('small');
    expect(await life.awaitReady('small', patience.poll)).toBe('ended');
    await expect(life.signal('small', 'halt')).rejects.toMatchObject({ code: 'not-running' });
  });

  it('many at once', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `many${n}`);
    for (const name of names) await busyboxImage(name);
    await Promise.all(names.map((name) => life.start(name)));
    expect((await machinectl('list', '--no-legend')).split('\n')).toHaveLength(20);
    await Promise.all(names.map((name) => life.kill(name)));
    expect(await Promise.all(names.map((name) => life.awaitEnd(name, patience.poll)))).not.toContain(false);
  });
});

describe('a machine that is asked to halt', () => {
  it('goes down: systemd by the signal that machinectl sends', async () => {
    await debianImage('large');
    await life.start('large');
    const watch = await life.watchEnd('large');
    expect(await life.signal('large', 'halt')).toBe('SIGRTMIN+4');
    expect(await watch.ended(patience.poll)).toBe(true);
    watch.close();
    expect(await stateOf('large')).toBe('inactive');
  });

  it('goes down: BusyBox by that of its settings', async () => {
    await busyboxImage('small');
    await life.start('small');
    const watch = await life.watchEnd('small');
    expect(await life.signal('small', 'halt')).toBe('SIGUSR2');
    expect(await watch.ended(patience.poll)).toBe(true);
    watch.close();
  });

  it('and reboots has not ended: the next run is told of', async () => {
    await debianImage('large');
    await life.start('large');
    const watch = await life.watchEnd('large');
    let runs = 0;
    await life.signal('large', 'reboot');
    const again = async () => {
      runs += 1;
      await life.kill('large');
    };
    expect(await watch.ended(60_000, again)).toBe(true);
    watch.close();
    expect(runs).toBe(1);
  });

  it('and does not listen is still there after the time-out', async () => {
    await busyboxImage('deaf', ['KillSignal=SIGWINCH']);
    await life.start('deaf');
    expect(await life.signal('deaf', 'halt')).toBe('SIGWINCH');
    expect(await life.awaitEnd('deaf', 200)).toBe(false);
    await life.kill('deaf');
    expect(await life.awaitEnd('deaf', patience.poll)).toBe(true);
    expect(await stateOf('deaf')).toBe('failed');
    await life.start('deaf');
    expect(await stateOf('deaf')).toBe('active');
  });
});

describe('a frozen machine', () => {
  it('stands still, as the kernel says, until it is thawed', async () => {
    await busyboxImage('small');
    await life.start('small');
    const group = await run(
      'systemctl',
      'show',
      '--property=ControlGroup',
      '--value',
      'systemd-nspawn@small',
    );
    const frozen = () =>
      /^frozen (\d)$/m.exec(readFileSync(`/sys/fs/cgroup${group}/cgroup.events`, 'utf8'))?.[1];
    await life.freeze('small', patience.poll);
    expect(frozen()).toBe('1');
    await life.unfreeze('small', patience.poll);
    expect(frozen()).toBe('0');
    await life.freeze('small', patience.poll);
    await life.kill('small');
    expect(await life.awaitEnd('small', patience.poll)).toBe(true);
  });
});

describe('a machine that somebody started by hand', () => {
  it('is killed and waited for in whatever unit it is', async () => {
    const path = await busyboxImage('small');
    await run(
      'systemd-run',
      '--unit=by-hand',
      'systemd-nspawn',
      '--quiet',
      '--machine=by-hand',
      `--directory=${path}`,
      '--boot',
      '--console=read-only',
    );
    expect(await life.awaitReady('by-hand', patience.poll)).not.toBe('timeout');
    await until(() => machinectl('show', 'by-hand', '--property=Unit', '--value'));
    expect(await machinectl('show', 'by-hand', '--property=Unit', '--value')).toMatch(/\.scope$/);
    await expect(life.start('by-hand')).rejects.toMatchObject({ code: 'already-running' });
    const watch = await life.watchEnd('by-hand');
    await life.kill('by-hand');
    expect(await watch.ended(patience.poll)).toBe(true);
    watch.close();
  });
});

describe('a machine that is started with the host', () => {
  it('is so by its unit, and not only by it', async () => {
    await busyboxImage('small');
    expect(await life.isEnabled('small')).toBe(false);
    await life.setEnabled('small', true);
    expect(await life.isEnabled('small')).toBe(true);
    expect(await run('systemctl', 'is-enabled', 'machines.target')).toBe('enabled');
    await life.setEnabled('small', false);
    expect(await life.isEnabled('small')).toBe(false);
  });
});

async function until<T>(works: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patience.poll;
  for (;;) {
    try {
      return await works();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
