/** Runs a program to its end. */
import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Rejects as execFile does, but not before the program has ended: one that was aborted may still write where its caller is
 * about to clean. Node's module is touched here, at the call, and not at the start of every command.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const running = promisify(execFile)(program, args, { ...options, encoding: 'utf8' });
  const { child } = running;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    return await running;
  } catch (error) {
    if (child.pid !== undefined) await ended;
    throw error;
  }
}
