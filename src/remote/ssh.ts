/**
 * OpenSSH to another host: one connection (ControlMaster, ssh_config(5)) that all commands of some minutes share. Who may log in, and how, is
 * ssh's own matter: its configuration, agent and questions are a person's as always.
 */
import { type StdioOptions, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MachineError } from '../machines/errors.ts';

/** What ssh itself ends with when it fails: ssh(1). */
const SSH_FAILED = 255;
/** How long the connection stays when nobody uses it. */
const PERSIST = '10m';

export interface SshHost {
  /** As ssh takes it: [user@]host, a name of ssh_config, or ssh://[user@]host[:port]. */
  readonly destination: string;
  /** The program, `ssh` or what stands in for it. */
  readonly program: string;
  /** Holds the sockets of connections; nobody else's folder. */
  readonly socketFolder: string;
}

export interface RemoteRun {
  /** A line for the login shell there. */
  readonly line: string;
  /** On a terminal there, of this one's kind and size. */
  readonly terminal: boolean;
  readonly stdio: StdioOptions;
}

/** Throws `usage` for what ssh would take for an option, or cannot be the name of a host. */
export function sshHost(
  destination: string,
  environment: Readonly<Record<string, string | undefined>>,
): SshHost {
  if (!/^[^-\s\p{C}][^\s\p{C}]*$/u.test(destination)) {
    throw new MachineError('usage', `"${destination}" is no host`, {
      subject: destination,
      hint: '--host takes [user@]host, a name of ~/.ssh/config, or ssh://[user@]host[:port]',
    });
  }
  const runtime = environment['XDG_RUNTIME_DIR'];
  const uid = process.getuid?.() ?? 0;
  return {
    destination,
    program: environment['TSMACHINE_SSH'] || 'ssh',
    socketFolder: runtime ? join(runtime, 'tsmachine-ssh') : join(tmpdir(), `tsmachine-ssh-${uid}`),
  };
}

/**
 * Resolves when there is a connection. Made in the background with no stream of ours: who waits for the end of our output would else wait
 * for the connection's.
 * @throws MachineError 'failed' with ssh's own words
 */
export async function connect(host: SshHost): Promise<void> {
  makeSocketFolder(host.socketFolder);
  if ((await exitCode(host, ['-O', 'check'], 'ignore')) === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'tsmachine-ssh-'));
  const log = join(folder, 'log');
  try {
    const code = await exitCode(
      host,
      ['-f', '-N', '-M', '-E', log, '-o', `ControlPersist=${PERSIST}`],
      'ignore',
    );
    if (code !== 0) throw refused(host, readFileSync(log, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether the connection still stands: tells an exit code of 255 of the command from one of ssh. */
export async function isConnected(host: SshHost): Promise<boolean> {
  return (await exitCode(host, ['-O', 'check'], 'ignore')) === 0;
}

/** Over the connection that there is. Resolves with the exit code of what ran there. @throws MachineError if the connection was lost */
export async function runOver(host: SshHost, { line, terminal, stdio }: RemoteRun): Promise<number> {
  const code = await exitCode(host, [terminal ? '-tt' : '-T'], stdio, line);
  if (code === SSH_FAILED && !(await isConnected(host))) {
    throw new MachineError('failed', `the connection to ${host.destination} was lost`, {
      subject: host.destination,
      hint: 'what ran there may still run, or have ended: look, and try again',
    });
  }
  return code;
}

/** The options of every call, and the end of options before what a person wrote. */
export function sshWords(host: SshHost, options: readonly string[], line?: string): readonly string[] {
  const shared = ['-o', 'ControlMaster=no', '-o', `ControlPath=${join(host.socketFolder, '%C')}`];
  const quiet = options[0] === '-tt' ? ['-q'] : [];
  return [...options, ...quiet, ...shared, '--', host.destination, ...(line === undefined ? [] : [line])];
}

function exitCode(
  host: SshHost,
  options: readonly string[],
  stdio: StdioOptions,
  line?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(host.program, [...sshWords(host, options, line)], { stdio });
    child.on('error', (error: NodeJS.ErrnoException) => reject(notThere(host, error)));
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : SSH_FAILED)));
  });
}

/** Sockets lie in it: whose it is is checked, since /tmp is everybody's. */
function makeSocketFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid === process.getuid?.() && (mode & 0o77) === 0) return;
  throw new MachineError('failed', `${folder} is not yours alone`, {
    subject: folder,
    hint: 'connections to other hosts are kept there: remove it, or set XDG_RUNTIME_DIR to a folder of your own',
  });
}

function notThere(host: SshHost, error: NodeJS.ErrnoException): MachineError {
  if (error.code !== 'ENOENT') {
    return new MachineError('failed', `${host.program} cannot be run: ${error.message}`, { cause: error });
  }
  return new MachineError('failed', `there is no program ${host.program}`, {
    hint: 'install OpenSSH: openssh-client (Debian, Ubuntu), openssh-clients (Fedora), openssh (Arch)',
  });
}

function refused(host: SshHost, said: string): MachineError {
  const reason = said.trim().replaceAll('\r', '') || 'ssh does not say why';
  return new MachineError('failed', `no connection to ${host.destination}: ${reason}`, {
    subject: host.destination,
    hint: `see that this works: ssh ${host.destination} true`,
  });
}
