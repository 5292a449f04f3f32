/** What the helper's `enter` is told (docs/launch-plan.md, "Enter"). */
import { isatty } from 'node:tty';
import type { ExecRequest } from '../../backend.ts';
import type { ProcessId } from '../life/process-stat.ts';
import type { WireRecord } from '../records.ts';

/** What a command in a machine is given, so that it runs there as the machine's own processes do. */
export interface EnterContext {
  readonly init: ProcessId;
  /** Those of init to join, in the helper's words: user, mount, pid ... One that is the host's own is not among them. */
  readonly namespaces: readonly string[];
  /** The directories to join, one a hierarchy. */
  readonly cgroups: readonly string[];
  /** rlimit, capabilities, apparmor, no-new-privileges and seccomp: a command is confined as init is. */
  readonly confinement: readonly WireRecord[];
  /** The machine's own words about itself: container, container_uuid. */
  readonly environment: Readonly<Record<string, string>>;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function enterRecords(
  request: ExecRequest,
  context: EnterContext,
  terminal: {
    readonly columns?: number;
    readonly rows?: number;
    readonly type?: string | undefined;
  } = ourTerminal(),
): readonly WireRecord[] {
  const { init, namespaces, cgroups, confinement } = context;
  const environment = {
    PATH,
    // Nothing of our environment but this.
    ...(request.terminal ? { TERM: terminal.type ?? 'linux' } : {}),
    ...context.environment,
    ...request.environment,
  };
  return [
    record('init', init.pid, init.start),
    record('namespaces', ...namespaces),
    ...cgroups.map((path) => record('cgroup', path)),
    ...(request.terminal ? [record('terminal', terminal.columns ?? 80, terminal.rows ?? 24)] : []),
    record('user', request.user),
    ...(request.workingDirectory === undefined
      ? []
      : [record('working-directory', request.workingDirectory)]),
    ...confinement,
    ...Object.entries(environment).map(([key, value]) => record('environment', `${key}=${value}`)),
    record('exec', ...(request.argv ?? [])),
  ];
}

/**
 * Asked for only if it is one: touching process.stdout makes a pipe non-blocking, for the command as well, which shares it
 * and would see EAGAIN in the middle of its output.
 */
function ourTerminal() {
  const type = process.env['TERM'];
  return isatty(1) ? { columns: process.stdout.columns, rows: process.stdout.rows, type } : { type };
}

function record(name: string, ...args: readonly (string | number)[]): WireRecord {
  return { name, arguments: args.map(String) };
}
