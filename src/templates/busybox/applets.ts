import { run } from '../run.ts';
import { TemplateError } from '../template-error.ts';

export interface Applets {
  /** For example 1.35.0. */
  readonly version: string;
  /** In-root paths without the leading slash, for example sbin/init; sorted. */
  readonly paths: readonly string[];
}

/** A machine without these could not boot, be entered or be halted. */
const needed = ['init', 'sh', 'login', 'poweroff', 'reboot', 'halt'];

/** Asks the program itself which tools it is built with. */
export async function readApplets(binary: string, signal: AbortSignal): Promise<Applets> {
  const paths = await list(binary, signal);
  const names = new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)));
  const missing = needed.filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new TemplateError(`${binary} is built without ${missing.join(', ')}`, {
      hint: 'give another one: -- busybox=/path/to/busybox',
    });
  }
  const { stdout } = await run(binary, ['--help'], { signal });
  return { version: /^BusyBox v(\S+)/.exec(stdout)?.[1] ?? 'unknown', paths };
}

/** --list-full is a build option of BusyBox (FEATURE_INSTALLER); without it all tools go to /bin, and init to /sbin. */
async function list(binary: string, signal: AbortSignal): Promise<readonly string[]> {
  const full = await run(binary, ['--list-full'], { signal }).catch(() => undefined);
  const lines = full?.stdout.trim().split('\n') ?? [];
  if (lines.length > 1 && lines.every((line) => /^[a-z/]+\/[^/]+$/.test(line))) return clean(lines);
  const { stdout } = await run(binary, ['--list'], { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new TemplateError(`${binary} does not run, or is no busybox`, {
      hint: 'give another one: -- busybox=/path/to/busybox',
      cause,
    });
  });
  return clean(
    stdout
      .trim()
      .split('\n')
      .map((name) => (name === 'init' ? 'sbin/init' : `bin/${name}`)),
  );
}

/** /linuxrc is for initial RAM disks; the program itself is no link to itself. */
function clean(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => path !== 'linuxrc' && path !== 'bin/busybox').sort();
}
