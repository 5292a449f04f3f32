/** Which init a root file system has, and so what a machine made from it begins with. */
import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { InitSignals, InitSpec } from '../../backends/backend.ts';
import type { TemplateDefaults } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import { resolveInRoot } from './in-root.ts';

export type InitKind = 'systemd' | 'busybox' | 'openrc' | 'sysvinit' | 'other';

/** Where the kernel looks too. */
const USUAL_PATHS = ['/sbin/init', '/etc/init', '/bin/init', '/lib/systemd/systemd'];

/**
 * systemd: systemd(1), "Signals". BusyBox: measured with 1.35, which ignores real-time signals. sysvinit: init(8) takes SIGPWR as a power
 * failure, for which inittab halts, and SIGINT as Ctrl-Alt-Del. Of others as lxc does it.
 */
const SIGNALS: Readonly<Record<InitKind, InitSignals>> = {
  systemd: { halt: 'SIGRTMIN+3', reboot: 'SIGRTMIN+5' },
  busybox: { halt: 'SIGUSR2', reboot: 'SIGTERM' },
  openrc: { halt: 'SIGTERM', reboot: 'SIGINT' },
  sysvinit: { halt: 'SIGPWR', reboot: 'SIGINT' },
  other: { halt: 'auto', reboot: 'SIGINT' },
};

/** By the file that the path leads to in the end. */
const NAMES: Readonly<Record<string, InitKind>> = {
  systemd: 'systemd',
  busybox: 'busybox',
  'busybox.static': 'busybox',
  'openrc-init': 'openrc',
};

/** By what the program holds, in this order; where a distribution has it as a file of its own. */
const MARKS: readonly (readonly [string, InitKind])[] = [
  ['BusyBox v', 'busybox'],
  ['systemd.unit', 'systemd'],
  ['openrc', 'openrc'],
  ['INIT_VERSION', 'sysvinit'],
];

/** More than any init has. */
const READ_BYTES = 8 * 2 ** 20;

/**
 * `wanted`: a path inside in place of what is found there; with arguments, behind spaces.
 * @throws TemplateError if there is none that could be executed
 */
export function findInit(root: string, wanted = ''): TemplateDefaults {
  const [path, ...args] = wanted === '' ? [] : wanted.split(/ +/);
  if (path !== undefined && !path.startsWith('/')) {
    throw new TemplateError(`init=${wanted}: not an absolute path`, {
      hint: 'give a path as inside, such as init=/sbin/init',
    });
  }
  const found = (path === undefined ? USUAL_PATHS : [path]).find((one) => isProgram(root, one));
  if (found === undefined) throw noInit(path);
  const kind = initKind(root, found);
  const init = initSpec([found, ...args]);
  // Others know nothing of sd_notify(3): who waits for them would wait in vain.
  return { init: kind === 'systemd' ? { ...init, notifies: true } : init, signals: SIGNALS[kind] };
}

export function initKind(root: string, path: string): InitKind {
  const program = resolveInRoot(root, path);
  if (program === undefined) return 'other';
  const content = readBeginning(join(root, program));
  const kind = NAMES[nameOf(program)] ?? MARKS.find(([mark]) => content.includes(mark))?.[1] ?? 'other';
  // It is many programs, and this one by the name that it is called by.
  return kind === 'busybox' && nameOf(path) !== 'init' ? 'other' : kind;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isProgram(root: string, path: string): boolean {
  const program = resolveInRoot(root, path);
  if (program === undefined) return false;
  const status = statSync(join(root, program));
  return status.isFile() && (status.mode & 0o111) !== 0;
}

function readBeginning(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(READ_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, READ_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function initSpec(argv: InitSpec['argv']): InitSpec {
  return {
    argv,
    // An init of its own kind makes vt102 of a TERM that is unset or linux.
    environment: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      TERM: 'xterm-256color',
    },
    workingDirectory: '/',
    user: { uid: 0, gid: 0, groups: [] },
  };
}

function noInit(path: string | undefined): TemplateError {
  return new TemplateError(
    path === undefined
      ? `there is no init in it: none of ${USUAL_PATHS.join(', ')} is a program`
      : `init=${path}: no such program in it`,
    {
      hint: 'images of single applications have none: install one there (systemd-sysv, busybox, openrc), or name the program to run: -- init=/bin/sh',
    },
  );
}
