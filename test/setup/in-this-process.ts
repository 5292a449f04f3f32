/**
 * The same commands in the test's own process: a start of Node takes longer than most of them. For what a test does before and after the
 * runs that it is about; those, and what has to do with processes and terminals, run the built program.
 */
import { homedir } from 'node:os';
import { createLater } from '../../src/backends/native/launching/later.ts';
import { createLocker } from '../../src/backends/native/launching/locker.ts';
import { createNativeBackend } from '../../src/backends/native/native-backend.ts';
import { findFolders } from '../../src/commands/program/folders.ts';
import { type Host, runCommandLine } from '../../src/commands/program/run-command-line.ts';
import type { Machines } from '../../src/machines/machines.ts';
import { openMachines } from '../../src/machines/open-machines.ts';
import { templates } from '../../src/templates/registry.ts';
import { builtCli, type CliOptions, type CliResult } from './run-cli.ts';
import type { HostRoot } from './with-root.ts';

/** They take descriptors or processes over from the program. */
const ofProcesses = ['start', 'exec', 'shell', 'console', 'kill', 'stop'];

export function inThisProcess(host: HostRoot): HostRoot {
  const cli = async (args: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
    const isOfProcesses = ofProcesses.includes(args[0] ?? '') || args.includes('--start');
    const isPlain = Object.keys(options).length === 0 && !isOfProcesses;
    return isPlain ? runHere(args, host.env) : host.cli(args, options);
  };
  const done = async (args: readonly string[], options?: CliOptions): Promise<string> => {
    const { code, stdout, stderr } = await cli(args, options);
    if (code !== 0) throw new Error(`tsmachine ${args.join(' ')} ended with ${code}\n${stderr}${stdout}`);
    return stdout;
  };
  return { ...host, cli, done };
}

/** A line of shell in a machine, by the face that `exec` has beneath it: for what is about the machine, and not about the program. */
export async function shellHere({ env }: HostRoot, name: string, script: string): Promise<Said> {
  const { exitCode, stdout, stderr } = await openHere(env).exec(name, {
    argv: ['sh', '-c', script],
    user: 'root',
    workingDirectory: undefined,
    environment: {},
    terminal: false,
    stdio: 'pipe',
  });
  return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

type Said = Pick<CliResult, 'code' | 'stdout' | 'stderr'>;

function openHere(env: HostRoot['env']): Machines {
  const folders = findFolders({
    rootOption: undefined,
    environment: { ...process.env, ...env },
    uid: 0,
    home: homedir,
    program: builtCli,
    node: process.execPath,
  });
  return openMachines({
    backend: createNativeBackend(folders),
    root: folders.root,
    runRoot: folders.runRoot,
    templates,
    lock: createLocker(folders.helperPath),
    later: createLater(folders.selfArgv),
  });
}

async function runHere(args: readonly string[], env: HostRoot['env']): Promise<CliResult> {
  const said = { 1: '', 2: '' };
  const host: Host = {
    version: 'of a test',
    environment: { ...process.env, ...env },
    terminals: {
      write: (fd, text) => {
        said[fd] += Buffer.from(text).toString('utf8');
      },
      isTerminal: () => false,
      readLine: () => undefined,
    },
    runRemotely: () => Promise.reject(new Error('another host is a matter of its own')),
    openDashboard: () => Promise.reject(new Error('a dashboard has a process of its own')),
    openMachines: async () => openHere(env),
  };
  const code = await runCommandLine(args, host);
  return { code, killedBy: undefined, stdout: said[1], stderr: said[2] };
}
