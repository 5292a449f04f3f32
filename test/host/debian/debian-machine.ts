/**
 * Debian machines for tests, of one image that is installed once a host. Where TSMACHINE_TEST_DEBIAN names an archive of it, as in the virtual machine,
 * which has no network, they are made from that instead.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectFolder } from '../../setup/run-cli.ts';
import type { HostRoot } from '../../setup/with-root.ts';

/** An installation, or the unpacking of an archive. */
export const MAKING_MS = 600_000;

const archive = process.env['TSMACHINE_TEST_DEBIAN'];
/** Whether these machines are of the debian template. */
export const isInstalled = archive === undefined;

/** The words behind `create NAME`. */
export function debianWords({ root }: HostRoot): readonly string[] {
  if (archive !== undefined) return ['-t', 'tarball', '--', `from=${archive}`];
  const script = join(projectFolder, 'scripts', 'debian-image.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Debian's image cannot be made: ${stderr}`);
  return ['-t', 'debian', '--', ...(JSON.parse(stdout).options as readonly string[])];
}

export interface DebianMachine {
  /** Runs a line of shell in it as root; fails if that does. Returns what it printed, without blanks around it. */
  readonly sh: (script: string) => Promise<string>;
  readonly info: () => Promise<{
    readonly state: string;
    readonly lastExit: unknown;
    readonly pid: number | null;
  }>;
  /** Resolves when it is down. */
  readonly ended: () => Promise<void>;
}

export function debianMachine({ cli, done }: HostRoot, name: string): DebianMachine {
  return {
    sh: async (script) => (await done(['exec', name, '--', 'sh', '-c', script])).trim(),
    info: async () => JSON.parse(await done(['info', name, '--json'])).machine,
    ended: async () => {
      expect((await cli(['wait', name, '--timeout', '60'])).code).toBe(0);
    },
  };
}
