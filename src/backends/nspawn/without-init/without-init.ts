/**
 * Commands in the files of a machine that is down: by a systemd-nspawn of its own, which runs a shell. It is called otherwise than the machine and
 * registered nowhere, so nobody takes it for the machine; its lock on the files is the same, so they are one's or the other's. It reads from
 * us and is gone when we are.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeWhole } from '../../../files/atomic-file.ts';
import { removeFile } from '../../../files/remove-file.ts';
import { BackendError } from '../../backend.ts';
import type { ManagedImage } from '../../manager/images.ts';
import type { ManagedSettings } from '../../manager/settings.ts';
import { collectOutput } from '../../native/execution/output.ts';
import { texts } from '../bus/values.ts';
import type { NspawnContext } from '../context.ts';
import { findImage } from '../images/listing.ts';
import { hostPlaces, settingsPath } from '../settings/settings-files.ts';
import { unitOfMachine } from '../unit-name.ts';
import { readStartCommand } from '../views/main-process.ts';
import { confiningOptions, confiningSettings } from './command-line.ts';
import { type Shell, shellOn } from './shell.ts';

type Context = Pick<NspawnContext, 'machine1' | 'systemd1'>;

/** Before its first one a command would wait for ever where no shell comes up. */
const NOTHING = [':'] as const;

export async function withoutInit<T>(
  { machine1, systemd1 }: Context,
  settings: ManagedSettings,
  name: string,
  work: (run: Shell['run']) => Promise<T>,
): Promise<T> {
  const unit = unitOfMachine(name);
  const [image, command, environment, text] = await Promise.all([
    findImage(machine1, name),
    readStartCommand(systemd1, unit),
    systemd1.unitProperty(unit, 'Service', 'Environment'),
    settings.read(name),
  ]);
  if (image === undefined) throw new BackendError('no-such-machine', `there is no image "${name}"`);
  const called = `tsmachine-${randomBytes(16).toString('hex')}`;
  const file = settingsPath(hostPlaces.runtime, called);
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeWhole(file, confiningSettings(settings, name, text));
  try {
    const words = [...confiningOptions(command), ...ownOptions(called, image)];
    return await inShell(name, run(words, texts(environment)), () => rmSync(file), work);
  } finally {
    removeFile(file);
  }
}

/** The last of an option counts. */
function ownOptions(called: string, { kind, path }: ManagedImage): readonly string[] {
  const isTree = kind === 'directory' || kind === 'subvolume';
  return [
    ...['--quiet', '--register=no', '--as-pid2', '--private-network', '--console=pipe', '--link-journal=no'],
    ...[`--machine=${called}`, `${isTree ? '--directory' : '--image'}=${path}`],
    '/bin/sh',
  ];
}

/** In a session of its own: Ctrl-C ends us, and then it, when the command that runs is through. */
function run(words: readonly string[], environment: readonly string[]): ChildProcessWithoutNullStreams {
  const given = Object.fromEntries(
    environment.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]),
  );
  return spawn('systemd-nspawn', words, {
    detached: true,
    env: { ...process.env, LC_ALL: 'C', ...given },
  });
}

async function inShell<T>(
  name: string,
  child: ChildProcessWithoutNullStreams,
  onReady: () => void,
  work: (run: Shell['run']) => Promise<T>,
): Promise<T> {
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  // It is raced below; after that the shell's own end tells.
  failed.catch(() => {});
  // They only explain a failure.
  const words = collectOutput(child.stderr).catch(() => Buffer.alloc(0));
  const shell = shellOn(child, randomBytes(16).toString('hex'));
  try {
    await Promise.race([failed, shell.run(NOTHING)]);
  } catch (cause) {
    const said = (await words).toString().trim().split('\n').slice(-2).join(' / ');
    throw new BackendError('launch-failed', `its files cannot be entered: ${said || String(cause)}`, {
      hint: `what it would be started with: \`tsmachine plan ${name}\`; it needs /bin/sh`,
      cause,
    });
  }
  onReady();
  try {
    return await work(shell.run);
  } finally {
    await shell.end();
  }
}
