/** Running a command in a machine, whoever started that: the helper's `enter`, which exits as the command does. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BackendError, type ExecRequest, type ExecResult } from '../../backend.ts';
import { readAnswer, spawnHelper, waitForExit } from '../helper-client.ts';
import { signalNumber } from '../life/signals.ts';
import { encodeRecords, type WireRecord } from '../records.ts';
import { type EnterContext, enterRecords } from './enter-records.ts';
import { collectOutput } from './output.ts';
import { takeSignals } from './signal-forwarding.ts';

/**
 * Resolves with the command's exit code, 125 to 127 included when the machine could not run it.
 * @throws BackendError 'failed' when the machine could not be entered at all, 'helper-missing'
 */
export async function enter(
  name: string,
  request: ExecRequest,
  context: EnterContext,
  helperPath: string,
): Promise<ExecResult> {
  const records = encodeRecords(enterRecords(request, context));
  const forwarding = takeSignals(request.terminal);
  try {
    const { child, failed } = spawnHelper(helperPath, ['enter'], { stdio: stdioOf(request) });
    forwarding.to(child);
    // At once: what follows takes us a millisecond or two, in which the helper joins the machine.
    sendRecords(child.stdio[3] as Writable, records);
    return await outcome(name, request, child, failed);
  } finally {
    forwarding.stop();
  }
}

async function outcome(
  name: string,
  request: ExecRequest,
  child: ChildProcess,
  failed: Promise<never>,
): Promise<ExecResult> {
  const ended = waitForExit(child);
  const stopAborting = abortWith(child, request.signal);
  try {
    const result = Promise.all([
      ended,
      readAnswer(child.stdio[4] as Readable),
      collectOutput(child.stdout),
      collectOutput(child.stderr),
    ]);
    const [{ code, signal }, answer, stdout, stderr] = await Promise.race([result, failed]);
    throwEnterFailure(name, answer);
    return { exitCode: code ?? 128 + signalNumber(signal ?? 'SIGKILL'), stdout, stderr };
  } finally {
    stopAborting();
  }
}

function stdioOf(request: ExecRequest): StdioOptions {
  const own =
    request.stdio === 'inherit'
      ? (['inherit', 'inherit', 'inherit'] as const)
      : (['ignore', 'pipe', 'pipe'] as const);
  return [...own, 'pipe', 'pipe'];
}

/** The helper may end before it has read all: then its answer says why, and the broken pipe says nothing. */
export function sendRecords(stream: Writable, records: Buffer): void {
  stream.on('error', () => {});
  stream.end(records);
}

/** After the request to end comes the end: a command that ignores it is not left behind. */
const ABORT_GRACE_MS = 2_000;

function abortWith(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let grace: NodeJS.Timeout | undefined;
  const abort = () => {
    child.kill('SIGTERM');
    grace = setTimeout(() => child.kill('SIGKILL'), ABORT_GRACE_MS);
  };
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort);
  return () => {
    clearTimeout(grace);
    signal?.removeEventListener('abort', abort);
  };
}

/** @throws BackendError if the helper said that it could not enter */
export function throwEnterFailure(name: string, answer: readonly WireRecord[]): void {
  const [failure] = answer;
  if (failure?.name !== 'failed') return;
  const [syscall = '', errno = '', path = '', detail = ''] = failure.arguments;
  const said = detail === '' ? [`cannot run in ${name}`, syscall, path, errno] : [detail, path];
  throw new BackendError('failed', said.filter(Boolean).join(': '), {
    syscall,
    errno,
    path,
    ...(ENTER_HINTS[errno] === undefined ? {} : { hint: ENTER_HINTS[errno] }),
  });
}

const ENTER_HINTS: Readonly<Record<string, string>> = {
  ESRCH: 'The machine ended meanwhile: start it again.',
  EPERM: 'Run as the user that started the machine, or as root.',
  ENOMEM: 'The memory limit of the machine is reached: see `tsmachine info`.',
  EAGAIN: 'The task limit of the machine (pids.max) is reached: see `tsmachine info`.',
};
