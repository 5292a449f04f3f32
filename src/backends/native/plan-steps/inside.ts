import { CAPABILITIES } from '../capabilities.ts';
import { MASKED_PATHS, READ_ONLY_PATHS } from '../masks.ts';
import type { InsideOperationName } from '../operations.ts';
import type { Explain } from './explain.ts';
import { explainMount } from './mounts.ts';

export const explainInside: Readonly<Record<InsideOperationName, Explain>> = {
  root: () => 'begins to build in the root file system of the machine; the host is still there beside it',
  directory: ([path, mode]) => `makes the directory ${path} (${mode}) if it is missing`,
  mount: explainMount,
  device: ([source, path, optional]) =>
    `lends the machine the host's ${source} as ${path}${optional === 'optional' ? ', if the host has it' : ''}`,
  node: ([path, , major, minor]) => `makes the device node ${path} (${major}:${minor})`,
  symlink: ([target, path]) => `links ${path} to ${target}`,
  write: ([path, , text]) => `writes ${path}: ${JSON.stringify(text?.trim())}`,
  attach: ([, path]) => `shows the prepared tree of the host at ${path}`,
  console: () =>
    "makes the console, a pty of the machine's own, and hands its other end to the monitor, which logs it and serves it",
  'notify-socket': ([path]) =>
    `makes the socket ${path}, where init tells the monitor that the machine has booted (sd_notify)`,
  mask: ([path = '']) => `hides ${path}: ${reason(MASKED_PATHS, path)}`,
  'read-only': ([path = '']) => `makes ${path} read-only: ${reason(READ_ONLY_PATHS, path)}`,
  'pivot-root': () => "enters the new root and detaches the host's: from here no path leads to the host",
  propagation: ([kind]) => `makes mounts ${kind}, so that services and nested machines see those made later`,
  hostname: ([name]) => `sets the hostname to ${name}`,
  loopback: () => 'brings up the loopback interface',
  rlimit: ([name, soft, hard]) => `limits ${name} of each process to ${soft}, which it may raise to ${hard}`,
  umask: ([mask]) => `sets the umask to ${mask}, whatever the caller's is`,
  'working-directory': ([path]) => `begins in the directory ${path}`,
  groups: (gids) =>
    gids.length === 0
      ? "drops the caller's supplementary groups"
      : `sets the supplementary groups to ${gids.join(', ')}`,
  user: ([uid, gid]) => `becomes user ${uid}, group ${gid} of the machine`,
  capabilities: explainCapabilities,
  apparmor: ([profile]) =>
    `is confined by the AppArmor profile ${profile} from here on: it holds whatever root inside unmounts`,
  'no-new-privileges': () => 'forbids new privileges: set-user-id programs such as sudo have no effect',
  seccomp: ([name, size]) =>
    `loads the system call filter ${name} (${size}): what reaches past the namespaces is refused, never killed`,
  environment: ([assignment]) => `passes ${assignment}; nothing of the caller's environment gets in`,
  exec: ([path, , ...rest]) => `executes ${[path, ...rest].join(' ')} as process 1`,
};

function reason(paths: readonly { readonly path: string; readonly reason: string }[], path: string): string {
  return paths.find((guarded) => guarded.path === path)?.reason ?? "it is not the machine's";
}

/** Told by what is missing: that is the shorter list and the one that matters. */
function explainCapabilities(numbers: readonly string[]): string {
  const missing = CAPABILITIES.filter(({ number }) => !numbers.includes(String(number)));
  const names = missing.map(({ name }) => name);
  return `keeps ${numbers.length} capabilities and gives up for good: ${names.join(', ') || 'none'}`;
}
