/**
 * A place for each file of tests of the nspawn backend: images to begin with, machinectl and our own program. After the file's last test
 * systemd-machined has no machine and no image any more.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { imagesAreSubvolumes, requireTestHost } from '../../setup/nspawn-host.ts';
import type { CliOptions } from '../../setup/run-cli.ts';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { removeEverything } from './cleaning.ts';
import { busyboxTree, debianTree } from './prepared-trees.ts';

export interface NspawnHost extends HostRoot {
  /** Runs machinectl. Returns what it printed, without blanks around it; throws with its words if it fails. */
  machinectl(...words: readonly string[]): Promise<string>;
  /** The same of any program: systemctl, busctl, btrfs ... */
  run(command: string, ...words: readonly string[]): Promise<string>;
  /**
   * Makes an image, in milliseconds: BusyBox with an init that halts by SIGUSR2 (KillSignal= of its settings file). `lines` are added to
   * that file. Returns its path.
   */
  busyboxImage(name: string, lines?: readonly string[]): Promise<string>;
  /** The same of a Debian with systemd, which says when it has booted. */
  debianImage(name: string, lines?: readonly string[]): Promise<string>;
  /** Ends and removes all machines and images, with their settings. Done after each file anyhow. */
  cleanUp(): Promise<void>;
}

/** Call at the top of a test file. `cli` and `done` are of the nspawn backend. */
export function withNspawnHost(): NspawnHost {
  requireTestHost();
  const host = withRoot();
  const own = ['--backend', 'nspawn'];
  beforeAll(removeEverything);
  afterAll(removeEverything);
  return {
    ...host,
    cli: (args, options?: CliOptions) => host.cli([...own, ...args], options),
    done: (args, options?: CliOptions) => host.done([...own, ...args], options),
    machinectl: (...words) => run('machinectl', ...words),
    run,
    busyboxImage: async (name, lines = []) =>
      makeImage(await busyboxTree(), name, ['[Exec]', 'KillSignal=SIGUSR2', ...lines]),
    debianImage: async (name, lines = []) =>
      makeImage(await debianTree(), name, ['[Exec]', 'NotifyReady=yes', ...lines]),
    cleanUp: removeEverything,
  };
}

async function run(command: string, ...words: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, words, { maxBuffer: 2 ** 26 })).stdout.trim();
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${command} ${words.join(' ')} failed: ${stderr ?? ''}${stdout ?? ''}`, { cause: error });
  }
}

async function makeImage(tree: string, name: string, settings: readonly string[]): Promise<string> {
  const path = join('/var/lib/machines', name);
  if (imagesAreSubvolumes) await run('btrfs', 'subvolume', 'snapshot', tree, path);
  else await run('cp', '--archive', tree, path);
  writeFileSync(join('/etc/systemd/nspawn', `${name}.nspawn`), `${settings.join('\n')}\n`);
  return path;
}
