/** The text files of a busybox machine. The launcher mounts, names and numbers things; these only use them. */

export interface TextFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

const inittab = lines(
  '# What init does; see the header of init/init.c of BusyBox for the format.',
  '::sysinit:/etc/init.d/rcS',
  '# Whoever may open the console is root on the host: no password is asked.',
  'console::respawn:/bin/login -f root',
  '::ctrlaltdel:/sbin/reboot',
  '::shutdown:/etc/init.d/rcK',
);

const rcS = lines(
  '#!/bin/sh',
  '# Runs once at boot, as root. File systems, host name and loopback are there already.',
  'for script in /etc/rc.d/*; do',
  '  [ -x "$script" ] && "$script" start',
  'done',
  'exit 0',
);

const rcK = lines(
  '#!/bin/sh',
  '# Runs once at poweroff and reboot, before all processes are ended.',
  'for script in /etc/rc.d/*; do',
  '  [ -x "$script" ] && "$script" stop',
  'done',
  'exit 0',
);

const profile = lines(
  'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'export PAGER=less',
  "export PS1='\\u@\\h:\\w\\$ '",
  'for script in /etc/profile.d/*.sh; do',
  '  [ -r "$script" ] && . "$script"',
  'done',
  'unset script',
);

const osRelease = (version: string): string =>
  lines('ID=busybox', 'NAME=BusyBox', `VERSION_ID=${version}`, `PRETTY_NAME="BusyBox ${version}"`);

export function etcFiles(version: string): readonly TextFile[] {
  return [
    { path: 'etc/inittab', mode: 0o644, text: inittab },
    { path: 'etc/init.d/rcS', mode: 0o755, text: rcS },
    { path: 'etc/init.d/rcK', mode: 0o755, text: rcK },
    {
      path: 'etc/passwd',
      mode: 0o644,
      text: lines(
        'root:x:0:0:root:/root:/bin/sh',
        'daemon:x:1:1:daemon:/:/bin/false',
        'nobody:x:65534:65534:nobody:/:/bin/false',
      ),
    },
    {
      path: 'etc/group',
      mode: 0o644,
      text: lines('root:x:0:', 'daemon:x:1:', 'tty:x:5:', 'users:x:100:', 'nogroup:x:65534:'),
    },
    // No password opens these; the console asks for none.
    {
      path: 'etc/shadow',
      mode: 0o600,
      text: lines('root:*:19000:0:99999:7:::', 'daemon:*:19000:0:99999:7:::', 'nobody:*:19000:0:99999:7:::'),
    },
    { path: 'etc/securetty', mode: 0o644, text: lines('console') },
    { path: 'etc/shells', mode: 0o644, text: lines('/bin/sh', '/bin/ash') },
    { path: 'etc/profile', mode: 0o644, text: profile },
    { path: 'etc/hosts', mode: 0o644, text: lines('127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost') },
    { path: 'etc/os-release', mode: 0o644, text: osRelease(version) },
  ];
}
