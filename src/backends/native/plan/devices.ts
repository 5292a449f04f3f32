import type { HostFacts } from '../host-facts.ts';
import { type Operation, operation } from '../operations.ts';

/** Nodes that no program does without. Bound from the host: a node made in a user namespace opens nothing. */
const NODES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;

const LINKS: readonly (readonly [target: string, path: string])[] = [
  ['/proc/self/fd', '/dev/fd'],
  ['/proc/self/fd/0', '/dev/stdin'],
  ['/proc/self/fd/1', '/dev/stdout'],
  ['/proc/self/fd/2', '/dev/stderr'],
  ['pts/ptmx', '/dev/ptmx'],
  ['/proc/kcore', '/dev/core'],
];

/** The minimal /dev. No /dev/ttyN: systemd would start a getty on each. */
export function devices(host: HostFacts): readonly Operation[] {
  return [
    ...NODES.map((name) => operation('device', `/dev/${name}`, `/dev/${name}`)),
    ...(host.devices.fuse ? [operation('device', '/dev/fuse', '/dev/fuse', 'optional')] : []),
    ...(host.devices.tun ? tun() : []),
    ...LINKS.map(([target, path]) => operation('symlink', target, path)),
    operation('console'),
  ];
}

function tun(): readonly Operation[] {
  return [
    operation('directory', '/dev/net', '0755'),
    operation('device', '/dev/net/tun', '/dev/net/tun', 'optional'),
  ];
}
