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

async function runHere(args: readonly string[], env: HostRoot['env']): Promise<CliResult> {
  const said = { 1: '', 2: '' };
  const environment = { ...process.env, ...env };
  const folders = findFolders({
    rootOption: undefined,
    environment,
    uid: 0,
    home: homedir,
    program: builtCli,
    node: process.execPath,
  });
  const host: Host = {
    version: 'of a test',
    environment,
    terminals: {
      write: (fd, text) => {
        said[fd] += Buffer.from(text).toString('utf8');
      },
      isTerminal: () => false,
      readLine: () => undefined,
    },
    runRemotely: () => Promise.reject(new Error('another host is a matter of its own')),
    openDashboard: () => Promise.reject(new Error('a dashboard has a process of its own')),
    openMachines: async () =>
      openMachines({
        backend: createNativeBackend(folders),
        root: folders.root,
        runRoot: folders.runRoot,
        templates,
        lock: createLocker(folders.helperPath),
        later: createLater(folders.selfArgv),
      }),
  };
  const code = await runCommandLine(args, host);
  return { code, killedBy: undefined, stdout: said[1], stderr: said[2] };
}
