/**
 * What every machine may use without a word: what lxc, OCI runtimes and systemd-nspawn allow. Making a node is always allowed,
 * opening it is not: backups and package managers make nodes, and who may not has no mknod.
 */
import { type DeviceRule, formatRule } from './device-rule.ts';

interface NamedRule extends DeviceRule {
  readonly name: string;
}

/** Numbers as Documentation/admin-guide/devices.txt has them. */
export const DEFAULT_RULES: readonly NamedRule[] = [
  ...[
    { name: 'null', major: 1, minor: 3 },
    { name: 'zero', major: 1, minor: 5 },
    { name: 'full', major: 1, minor: 7 },
    { name: 'random', major: 1, minor: 8 },
    { name: 'urandom', major: 1, minor: 9 },
    { name: 'tty', major: 5, minor: 0 },
    { name: 'console', major: 5, minor: 1 },
    { name: 'ptmx', major: 5, minor: 2 },
    { name: 'pts', major: 136, minor: '*' as const },
    { name: 'net/tun', major: 10, minor: 200 },
    { name: 'fuse', major: 10, minor: 229 },
  ].map((device) => ({ type: 'c' as const, access: 'rwm', ...device })),
  { type: 'c', major: '*', minor: '*', access: 'm', name: 'mknod of character devices' },
  { type: 'b', major: '*', minor: '*', access: 'm', name: 'mknod of block devices' },
];

/** `c 1:3 rwm` is `null`; what has no name that everybody knows stays as it is. */
export function nameOfRule(rule: string): string {
  return DEFAULT_RULES.find((one) => formatRule(one) === rule)?.name ?? rule;
}
