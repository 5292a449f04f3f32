/** Commands that may be led astray by what they read. */
import type { StdioOptions } from 'node:child_process';
import { spawnHelper } from '../../helper-client.ts';
import type { Running } from './helper-work.ts';

/**
 * Runs a command in `directory`, outside of which it can write nothing: no file, no device, no network. Exits with the command's code,
 * 128+N for a signal, or NOT_RUN. Killing the child kills the command.
 */
export function spawnConfined(
  helperPath: string,
  directory: string,
  command: readonly string[],
  options: { readonly stdio: StdioOptions; readonly devices?: boolean },
): Running {
  const devices = options.devices === false ? ['--no-devices'] : [];
  return spawnHelper(helperPath, ['confined', ...devices, directory, '--', ...command], {
    stdio: options.stdio,
  });
}
