/** A command of this command line, carried out by tsmachine on another host: `--host`. */
import { closeSync, openSync } from 'node:fs';
import { MachineError } from '../machines/errors.ts';
import type { Output } from '../presentation/output/output.ts';
import { fetchFiles, type Staging, sendFiles, withStaging } from './file-transfer.ts';
import { type CommandLine, type FileRoute, routeOf } from './own-files.ts';
import { receiveFile } from './receive-file.ts';
import { programLine } from './shell-line.ts';
import { connect, runOver, type SshHost, sshHost } from './ssh.ts';

export interface RemoteRequest extends CommandLine {
  readonly destination: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard input, output and error are all one person's terminal: what runs there gets one too. */
  readonly onTerminal: boolean;
  readonly output: Pick<Output, 'json' | 'report' | 'document'>;
}

/** What a shell ends with when it finds no such program: sh(1). */
const NOT_FOUND = 127;

/** Resolves with the exit code that the command had there. */
export async function runRemotely(request: RemoteRequest): Promise<number> {
  const host = sshHost(request.destination, request.environment);
  await connect(host);
  return carryOut(host, request, routeOf(request));
}

function carryOut(host: SshHost, request: RemoteRequest, route: FileRoute): Promise<number> {
  switch (route.kind) {
    case 'none':
      return run(host, request, route.words);
    case 'input':
      return withInput(route.path, (descriptor) => run(host, request, route.words, [descriptor, 'inherit']));
    case 'output':
      return receive(host, request, route);
    case 'push':
      return withStaging(host, async (staging) => {
        const places = await sendFiles(host, staging, route.sources);
        return run(host, request, route.words(places));
      });
    case 'pull':
      return withStaging(host, (staging) => pull(host, request, route, staging));
  }
}

async function receive(
  host: SshHost,
  request: RemoteRequest,
  { path, force, source, words }: Extract<FileRoute, { kind: 'output' }>,
): Promise<number> {
  const code = await receiveFile(path, { force }, (descriptor) =>
    run(host, request, words, ['inherit', descriptor]),
  );
  if (code !== 0) return code;
  const { json, document, report } = request.output;
  if (json) document({ source, file: path });
  report(`${source}: exported to ${path}`);
  return 0;
}

async function pull(
  host: SshHost,
  request: RemoteRequest,
  { target, words }: Extract<FileRoute, { kind: 'pull' }>,
  staging: Staging,
): Promise<number> {
  const fetching = await fetchFiles(host, staging, target);
  const code = await run(host, request, words(fetching.place));
  if (code === 0) await fetching.fetch();
  return code;
}

type Streams = readonly [input: 'inherit' | number, output: 'inherit' | number];

async function run(
  host: SshHost,
  { destination, environment, onTerminal }: RemoteRequest,
  words: readonly string[],
  [input, output]: Streams = ['inherit', 'inherit'],
): Promise<number> {
  const program = environment['TSMACHINE_HOST_PROGRAM'] || 'tsmachine';
  const code = await runOver(host, {
    line: programLine([program, ...words], destination, environment),
    terminal: onTerminal && input === 'inherit' && output === 'inherit',
    stdio: [input, output, 'inherit'],
  });
  if (code === NOT_FOUND) await requireProgram(host, program);
  return code;
}

/** A command in a machine may also have been not found: then the program is there, and this is silent. */
async function requireProgram(host: SshHost, program: string): Promise<void> {
  const line = programLine(['sh', '-c', 'command -v "$1" >/dev/null', 'sh', program], host.destination, {});
  if ((await runOver(host, { line, terminal: false, stdio: 'ignore' })) === 0) return;
  throw new MachineError('failed', `there is no ${program} on ${host.destination}`, {
    subject: host.destination,
    hint: 'install tsmachine there, or name it with its path: TSMACHINE_HOST_PROGRAM=/opt/tsmachine/bin/tsmachine',
  });
}

async function withInput(path: string, use: (descriptor: number) => Promise<number>): Promise<number> {
  const descriptor = openSync(path, 'r');
  try {
    return await use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
