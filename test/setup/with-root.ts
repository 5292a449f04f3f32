/**
 * A place of its own for each file of host and e2e tests: a root folder and a cgroup parent with one unique mark.
 * After the file's last test every machine is destroyed, and whatever still carries the mark fails the file.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { patience } from '../../scripts/test-patience.mjs';
import { describeLeftovers, findLeftovers, type Leftover } from './leftovers.ts';
import { type CliOptions, type CliResult, runCli } from './run-cli.ts';
import { removeCgroup, sweep } from './sweep.ts';
import { runMark } from './test-run.ts';

export interface HostRoot {
  /** The value of TSMACHINE_ROOT. */
  readonly root: string;
  /** The value of TSMACHINE_CGROUP_PARENT. */
  readonly cgroupParent: string;
  /** Both, for a program that a test starts itself. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the built program with this root. */
  cli(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** The same; throws with its output if it does not exit with 0. Returns what it printed. */
  done(args: readonly string[], options?: CliOptions): Promise<string>;
}

/** Call at the top of a test file. The folder exists at once, so that tests can be declared with its paths. */
export function withRoot(): HostRoot {
  const root = mkdtempSync(join(tmpdir(), `${runMark()}-`));
  const cgroupParent = basename(root);
  const env = { TSMACHINE_ROOT: root, TSMACHINE_CGROUP_PARENT: cgroupParent };

  const cli = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(args, { ...options, env: { ...env, ...options.env } });
  const done = async (args: readonly string[], options?: CliOptions): Promise<string> => {
    const { code, stdout, stderr } = await cli(args, options);
    if (code !== 0) throw new Error(`tsmachine ${args.join(' ')} exited with ${code}\n${stderr}${stdout}`);
    return stdout;
  };

  beforeAll(requireRoot);
  afterAll(() => leaveNothing(cgroupParent, root, cli));
  return { root, cgroupParent, env, cli, done };
}

/** Real machines need root. Failing says so louder than a skip, and nobody mistakes it for a pass. */
function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Error(
    'host tests make real machines and need root: run `sudo npm test`, or the rest with `npx vitest run --project unit`',
  );
}

async function leaveNothing(mark: string, root: string, cli: HostRoot['cli']): Promise<void> {
  const problems = existsSync(join(root, 'machines')) ? await destroyAll(cli) : [];
  const left = await waitUntilGone(mark);
  await sweep(left);
  rmSync(root, { recursive: true, force: true });
  if (left.length > 0) throw new Error([...problems, describeLeftovers(left)].join('\n'));
}

/** What failed is told only when something is left: a test may have broken its machines on purpose. */
async function destroyAll(cli: HostRoot['cli']): Promise<readonly string[]> {
  const { code, stdout, stderr } = await cli(['list', '--json']);
  if (code !== 0) return [stderr];
  const names = JSON.parse(stdout).machines.map((machine: { readonly name: string }) => machine.name);
  if (names.length === 0) return [];
  const end = await cli(['destroy', '--force', '--now', ...names]);
  return end.code === 0 ? [] : [end.stderr];
}

/** The last monitor may outlive the command that ended its machine by a moment; the shared cgroups are ours to remove. */
async function waitUntilGone(mark: string): Promise<readonly Leftover[]> {
  const deadline = performance.now() + patience.poll;
  for (;;) {
    const left = findLeftovers(mark).filter(({ kind }) => kind !== 'folder');
    const processes = left.filter(({ kind }) => kind === 'process');
    if (processes.length === 0) left.forEach(removeCgroup);
    const remaining = left.filter(({ kind, what }) => kind !== 'cgroup' || !isShared(what, mark));
    if (remaining.length === 0 || performance.now() > deadline) return remaining;
    await sleep(50);
  }
}

/** The parent and its group of monitors stay by design (docs/launch-plan.md, cgroup-monitor). */
function isShared(path: string, mark: string): boolean {
  return path.endsWith(`/${mark}`) || path.endsWith(`/${mark}/monitors`);
}
