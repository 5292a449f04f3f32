/** Runs the tools that build the machine. Their words are shown only if they fail. */
import { spawnSync } from 'node:child_process';

/** @returns what it prints, as a Buffer. @throws Error with its words if it does not exit with 0 */
export function run(command, args, options = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    maxBuffer: 2 ** 28,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  });
  if (status === 0) return stdout;
  const words = [stdout, stderr].map((text) => String(text ?? '').slice(-2000)).join('');
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? signal ?? status}\n${words}`);
}

/** The same, as trimmed text. */
export function read(command, args, options) {
  return String(run(command, args, options)).trim();
}
