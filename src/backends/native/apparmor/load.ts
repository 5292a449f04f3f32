/** Loading the profile of machines into the kernel, where it stays until the host goes down: apparmor_parser(8). */
import { spawnSync } from 'node:child_process';
import { BackendError } from '../../backend.ts';
import { helperEnvironment } from '../helper-client.ts';
import { findParser, isLoaded } from './host.ts';
import type { Profile } from './profile.ts';

/** Compiling takes a tenth of a second, once a boot: two starts at once load the same text twice, which is fine. */
export function loadProfile({ name, text }: Profile): void {
  if (isLoaded(name)) return;
  const parser = findParser();
  if (parser === undefined) throw notLoaded(name, 'there is no apparmor_parser');
  const { status, error, stderr } = spawnSync(parser, ['--replace', '--skip-cache', '--quiet'], {
    input: text,
    env: helperEnvironment(),
    cwd: '/',
    encoding: 'utf8',
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  throw notLoaded(name, error?.message ?? (stderr.trim() || `${parser} failed`));
}

function notLoaded(name: string, why: string): BackendError {
  return new BackendError('failed', `the AppArmor profile ${name} cannot be loaded: ${why}`, {
    hint: 'Look at `tsmachine doctor`; with apparmor=off a machine starts without a profile.',
  });
}
