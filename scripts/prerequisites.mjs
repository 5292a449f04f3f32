/**
 * `node scripts/prerequisites.mjs demo|test|vm|nspawn`: everything outside npm that these need is there, or is installed (as
 * root, saying so first), or is named together with the command that installs it.
 */
import { spawnSync } from 'node:child_process';
import { findCommand, findPackageManager, installCommand, packagesFor } from './packages.mjs';

const hasCommand = (name) => () => findCommand(name) !== undefined;
const runs = (command, args, input) => () =>
  spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;

/** Checked in this order; a tool's check may use the tools above it. */
const tools = [
  {
    tool: 'make',
    for: ['demo', 'test', 'vm', 'nspawn'],
    why: 'builds the helper',
    present: hasCommand('make'),
  },
  {
    tool: 'cc',
    for: ['demo', 'test', 'vm', 'nspawn'],
    why: 'builds the helper',
    present: runs('cc', ['-fsyntax-only', '-x', 'c', '-'], '#include <stdio.h>\n'),
  },
  {
    tool: 'sanitizers',
    for: ['test', 'vm'],
    why: 'fuzzes the helper under AddressSanitizer and UndefinedBehaviorSanitizer',
    present: runs(
      'cc',
      ['-fsanitize=address,undefined', '-x', 'c', '-', '-o', '/dev/null'],
      'int main(void){return 0;}',
    ),
  },
  {
    tool: 'strace',
    for: ['test'],
    why: 'kills a launch at each of its system calls',
    present: hasCommand('strace'),
  },
  { tool: 'tmux', for: ['test'], why: 'shows the dashboard', present: hasCommand('tmux') },
  { tool: 'zsh', for: ['test'], why: 'reads its completion script', present: hasCommand('zsh') },
  { tool: 'fish', for: ['test'], why: 'reads its completion script', present: hasCommand('fish') },
  ...['vim', 'htop', 'tmux'].map((tool) => ({
    tool,
    for: ['test'],
    why: 'has to look in a console of the dashboard as it looks elsewhere',
    present: hasCommand(tool),
  })),
  {
    tool: 'mkfs.btrfs',
    for: ['test', 'nspawn'],
    why: 'makes the file systems on which the btrfs storage driver and the nspawn backend are tested',
    present: hasCommand('mkfs.btrfs'),
  },
  {
    tool: 'mkfs.ext4',
    for: ['test', 'vm'],
    why: 'makes the disks that are full, or lose their power, and that of the virtual machine',
    present: hasCommand('mkfs.ext4'),
  },
  {
    tool: 'ssh-keygen',
    for: ['test'],
    why: 'makes the host keys of machines that are cloned',
    present: hasCommand('ssh-keygen'),
  },
  {
    tool: 'sshd',
    for: ['test'],
    why: 'is the other host of --host, on loopback',
    present: hasCommand('sshd'),
  },
  {
    tool: 'getfattr',
    for: ['test'],
    why: 'compares the extended attributes of files with those of their copies',
    present: hasCommand('getfattr'),
  },
  {
    tool: 'setfacl',
    for: ['test'],
    why: 'gives files ACLs, which copies must keep',
    present: hasCommand('setfacl'),
  },
  {
    tool: 'setcap',
    for: ['test'],
    why: 'gives programs capabilities, which copies must keep',
    present: hasCommand('setcap'),
  },
  {
    tool: 'dbus-daemon',
    for: ['test'],
    why: 'is the bus of the tests of the nspawn backend',
    present: hasCommand('dbus-daemon'),
  },
  { tool: 'pkg-config', for: ['test'], why: 'finds libseccomp', present: hasCommand('pkg-config') },
  {
    tool: 'libseccomp',
    for: ['test'],
    why: 'the seccomp filter is compared with the one that libseccomp makes',
    present: runs('pkg-config', ['--exists', 'libseccomp'], ''),
  },
  {
    tool: 'qemu-system-x86_64',
    for: ['vm'],
    why: 'is the virtual machine',
    present: hasCommand('qemu-system-x86_64'),
  },
  {
    tool: 'mmdebstrap',
    for: ['test', 'vm', 'nspawn'],
    why: 'installs Debian for machines of that template, and for the virtual machine',
    present: hasCommand('mmdebstrap'),
  },
  {
    tool: 'xz',
    for: ['vm'],
    why: 'unpacks the kernel of the virtual machine',
    present: hasCommand('xz'),
  },
];

const purpose = process.argv[2] ?? 'demo';
const missing = findMissing();
if (missing.length > 0) {
  for (const { tool, why } of missing) console.error(`${purpose}: ${tool} is missing (${why})`);
  const names = missing.map(({ tool }) => tool);
  if (process.getuid?.() !== 0 || !findPackageManager()) giveUp(names);
  install(names);
  const still = findMissing().map(({ tool }) => tool);
  if (still.length > 0) giveUp(still);
}

function findMissing() {
  return tools.filter((tool) => tool.for.includes(purpose) && !tool.present());
}

function install(names) {
  const manager = findPackageManager();
  console.error(`${purpose}: installing: ${installCommand(names)}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // What a package manager says is no result of ours: it goes to stderr.
  const run = (args) => spawnSync(manager.command, args, { env, stdio: ['ignore', 2, 2] }).status === 0;
  if (manager.refresh && !run(manager.refresh)) {
    console.error(
      `${purpose}: ${manager.command} ${manager.refresh.join(' ')} failed; going on with the lists that are there`,
    );
  }
  run([...manager.install, ...packagesFor(manager, names)]);
}

function giveUp(names) {
  console.error(`${purpose}: these are needed; install them with:\n  ${installCommand(names)}`);
  process.exit(1);
}
