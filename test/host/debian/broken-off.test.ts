import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collect, spawnCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';

const { root, env } = withRoot();

/**
 * A mmdebstrap that is in the middle of its work: a mount in the tree, a process that does not care for signals, and then nothing more. It lies
 * outside /tmp, which an installation has one of its own of.
 */
function installation(): string {
  const folder = mkdtempSync(`/var/tmp/${basename(root)}-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = [
    '#!/bin/sh',
    'mkdir /mnt/proc && mount -t proc proc /mnt/proc',
    'sh -c \'trap "" TERM INT HUP; while :; do sleep 987654; done\' &',
    'wait',
  ];
  writeFileSync(join(folder, 'mmdebstrap'), script.join('\n'), { mode: 0o755 });
  return folder;
}

function sleepers(): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('987654');
      } catch {
        return false;
      }
    });
}

const mounts = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

/** Begins a create whose installation hangs, and ends it by a signal. */
async function endedBy(signal: NodeJS.Signals): Promise<number> {
  const PATH = `${installation()}:${process.env['PATH']}`;
  const child = spawnCli(['create', 'deb', '-t', 'debian'], { env: { ...env, PATH } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const result = collect(child);
  await expect.poll(sleepers).not.toEqual([]);
  expect(mounts()).not.toContain(root);
  child.kill(signal);
  return (await result).code;
}

describe('an installation that is broken off', () => {
  it('by Ctrl-C ends with all of its processes and mounts, and nothing of it is kept', async () => {
    expect(await endedBy('SIGINT')).toBe(130);
    expect(sleepers()).toEqual([]);
    expect(mounts()).not.toContain(root);
    expect(readdirSync(join(root, 'staging'))).toEqual([]);
    expect(existsSync(join(root, 'machines', 'deb'))).toBe(false);
  });

  it('by the death of the command too', async () => {
    await endedBy('SIGKILL');
    await expect.poll(sleepers).toEqual([]);
    expect(mounts()).not.toContain(root);
  });
});
