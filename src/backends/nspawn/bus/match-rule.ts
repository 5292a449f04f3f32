/** Which signals the bus shall send (D-Bus Specification, Match Rules). Pure. */
import type { BusSignal, SignalMatch } from './calls.ts';

export function matchRule(match: SignalMatch): string {
  const keys: readonly [string, string | undefined][] = [
    ['sender', match.sender],
    ['interface', match.interface],
    ['member', match.member],
    ['path', match.path],
    ['path_namespace', match.pathNamespace],
    ['arg0', match.arg0],
  ];
  const given = keys.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${quoted(value)}`]));
  return ["type='signal'", ...given].join(',');
}

/** A quote ends the quoted part; outside of it, one is written with a backslash. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** The bus sends what any rule of the connection asks for: each reader takes its own. The sender is looked at elsewhere. */
export function matches(match: SignalMatch, signal: BusSignal): boolean {
  return (
    same(match.interface, signal.interface) &&
    same(match.member, signal.member) &&
    same(match.path, signal.path) &&
    same(match.arg0, signal.body[0]) &&
    (match.pathNamespace === undefined ||
      signal.path === match.pathNamespace ||
      signal.path.startsWith(`${match.pathNamespace}/`))
  );
}

function same(wanted: string | undefined, is: unknown): boolean {
  return wanted === undefined || wanted === is;
}
