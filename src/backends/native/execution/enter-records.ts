/** What the helper's `enter` is told (docs/launch-plan.md, "Enter"). */
import { isatty } from 'node:tty';
import type { ExecRequest } from '../../backend.ts';
import type { ProcessId } from '../life/process-stat.ts';
import type { WireRecord } from '../records.ts';

/** What the command's surroundings are made of. */
export interface EnterContext {
  readonly init: ProcessId;
  /** The directories to join, one a hierarchy. */
  readonly cgroups: readonly string[];
  /** The plan that the machine was started with: a command is confined as its init is. */
  readonly plan: readonly WireRecord[];
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const CONFINEMENT: readonly string[] = ['rlimit', 'capabilities', 'apparmor', 'no-new-privileges', 'seccomp'];

export function enterRecords(
  request: ExecRequest,
  context: EnterContext,
  terminal: {
    readonly columns?: number;
    readonly rows?: number;
    readonly type?: string | undefined;
  } = ourTerminal(),
): readonly WireRecord[] {
  const { init, cgroups, plan } = context;
  const environment = { ...baseEnvironment(request, plan, terminal.type), ...request.environment };
  return [
    record('init', init.pid, init.start),
    ...plan.filter(({ name }) => name === 'namespaces'),
    ...cgroups.map((path) => record('cgroup', path)),
    ...(request.terminal ? [record('terminal', terminal.columns ?? 80, terminal.rows ?? 24)] : []),
    record('user', request.user),
    ...(request.workingDirectory === undefined
      ? []
      : [record('working-directory', request.workingDirectory)]),
    ...CONFINEMENT.flatMap((kind) => plan.filter(({ name }) => name === kind)),
    ...Object.entries(environment).map(([key, value]) => record('environment', `${key}=${value}`)),
    record('exec', ...(request.argv ?? [])),
  ];
}

/** Nothing of our environment but the terminal's type; the machine's own words about itself as its init has them. */
function baseEnvironment(
  request: ExecRequest,
  plan: readonly WireRecord[],
  terminalType: string | undefined,
): Readonly<Record<string, string>> {
  const uuid = plan
    .flatMap((one) => (one.name === 'environment' ? one.arguments : []))
    .find((text) => text.startsWith('container_uuid='));
  return {
    PATH,
    ...(request.terminal ? { TERM: terminalType ?? 'linux' } : {}),
    container: 'tsmachine',
    ...(uuid === undefined ? {} : { container_uuid: uuid.slice('container_uuid='.length) }),
  };
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
