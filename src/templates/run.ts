/** Runs a program to its end. */
import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Rejects as execFile does. Node's module is touched here, at the call, and not at the start of every command. */
export function run(
  program: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(program, args, { ...options, encoding: 'utf8' });
}
