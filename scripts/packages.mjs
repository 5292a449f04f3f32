/** Which package of which distribution brings a tool, and the command that installs it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const managers = [
  { command: 'apt-get', install: ['install', '-y', '--no-install-recommends'], refresh: ['update', '-q'] },
  { command: 'dnf', install: ['install', '-y'] },
  { command: 'pacman', install: ['-S', '--needed', '--noconfirm'] },
  { command: 'zypper', install: ['--non-interactive', 'install'] },
];

/** Tool -> package, where the package is not called as the tool is. */
const names = {
  'apt-get': {
    // Debian's gcc only recommends the headers of the C library.
    cc: ['gcc', 'libc6-dev'],
    'c++': 'g++',
    libseccomp: 'libseccomp-dev',
    sanitizers: 'gcc',
    'dpkg-deb': 'dpkg',
    'mkfs.btrfs': 'btrfs-progs',
    'mkfs.ext4': 'e2fsprogs',
    'ssh-keygen': 'openssh-client',
    sshd: 'openssh-server',
    getfattr: 'attr',
    setfacl: 'acl',
    setcap: 'libcap2-bin',
    'qemu-system-x86_64': 'qemu-system-x86',
    xz: 'xz-utils',
  },
  dnf: {
    cc: 'gcc',
    'c++': 'gcc-c++',
    libseccomp: 'libseccomp-devel',
    'pkg-config': 'pkgconf-pkg-config',
    sanitizers: ['libasan', 'libubsan'],
    rpm2cpio: 'rpm',
    'mkfs.btrfs': 'btrfs-progs',
    'mkfs.ext4': 'e2fsprogs',
    'ssh-keygen': 'openssh',
    sshd: 'openssh-server',
    getfattr: 'attr',
    setfacl: 'acl',
    setcap: 'libcap',
  },
  pacman: {
    'dbus-daemon': 'dbus',
    cc: 'gcc',
    'c++': 'gcc',
    'pkg-config': 'pkgconf',
    sanitizers: 'gcc',
    'mkfs.btrfs': 'btrfs-progs',
    'mkfs.ext4': 'e2fsprogs',
    'ssh-keygen': 'openssh',
    sshd: 'openssh',
    getfattr: 'attr',
    setfacl: 'acl',
    setcap: 'libcap',
  },
  zypper: {
    'dbus-daemon': 'dbus-1-daemon',
    cc: 'gcc',
    'c++': 'gcc-c++',
    libseccomp: 'libseccomp-devel',
    sanitizers: 'gcc',
    rpm2cpio: 'rpm',
    'mkfs.btrfs': 'btrfsprogs',
    'mkfs.ext4': 'e2fsprogs',
    'ssh-keygen': 'openssh',
    sshd: 'openssh',
    getfattr: 'attr',
    setfacl: 'acl',
    setcap: 'libcap-progs',
  },
};

/** The absolute path of a command, or undefined. */
export function findCommand(name) {
  const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The host's package manager, or undefined. */
export function findPackageManager() {
  return managers.find(({ command }) => findCommand(command));
}

/** Names in the host's distribution of the packages that bring these tools. */
export function packagesFor(manager, tools) {
  return [...new Set(tools.flatMap((tool) => names[manager.command][tool] ?? tool))];
}

/** What a person types to get these tools. */
export function installCommand(tools) {
  const manager = findPackageManager();
  if (!manager) return `install with your system's package manager: ${tools.join(' ')}`;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  return [...sudo, manager.command, ...manager.install, ...packagesFor(manager, tools)].join(' ');
}
