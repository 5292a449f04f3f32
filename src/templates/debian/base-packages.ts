/**
 * What makes a root file system a machine that a person can work in: an init, sessions, names and addresses, and what is missed at once
 * where it is not there. Everything else is `packages=`.
 */
export const basePackages: readonly string[] = [
  'systemd-sysv',
  'dbus',
  // logind, and sessions that it knows of.
  'libpam-systemd',
  'ca-certificates',
  'iproute2',
  'iputils-ping',
  'less',
  'nano',
  'netbase',
  'procps',
  'sudo',
];
