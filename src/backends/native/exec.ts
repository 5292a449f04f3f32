/** Running a command in a machine: the helper's `enter`, which exits as the command does. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BackendError, type ExecRequest, type ExecResult, type MachineHandle } from '../backend.ts';
import { type EnterContext, enterRecords } from './execution/enter-records.ts';
import { collectOutput } from './execution/output.ts';
import { takeSignals } from './execution/signal-forwarding.ts';
import { groupsToJoin, startedPlan } from './execution/surroundings.ts';
import { readAnswer, spawnHelper, waitForExit } from './helper-client.ts';
import { requireInit } from './life/preconditions.ts';
import { signalNumber } from './life/signals.ts';
import { readStateFile } from './life/state-file.ts';
import { type HostView, readStatus } from './life/status.ts';
import type { LaunchPlan } from './operations.ts';
import { encodeRecords, type WireRecord } from './records.ts';

export interface ExecSetting {
  readonly host: HostView;
  readonly helperPath: string;
  /** The machine's plan as it would be now: needed if the one it was started with is gone. */
  readonly plan: () => LaunchPlan;
}

/**
 * Runs a command in a running machine.
 * @throws BackendError 'not-running', 'frozen' (a command would hang until the thaw), and what `enter` throws
 */
export async function execute(
  machine: MachineHandle,
  request: ExecRequest,
  { host, helperPath, plan }: ExecSetting,
): Promise<ExecResult> {
  const { name } = machine.spec;
  const { state, pid } = requireInit(machine, readStatus(machine, host));
  if (state === 'frozen' || state === 'freezing') {
    throw new BackendError('frozen', `${name} is ${state}: nothing can run in it`, {
      hint: `Thaw it first: tsmachine unfreeze ${name}`,
    });
  }
  const init = readStateFile(machine.runDirectory)?.init;
  if (init?.pid !== pid) throw new BackendError('not-running', `${name} ended meanwhile`);
  const context = {
    init,
    cgroups: groupsToJoin(machine, pid, host),
    plan: startedPlan(machine, plan),
  };
  return enter(machine, request, context, helperPath);
}

/**
 * Resolves with the command's exit code, 125 to 127 included when the machine could not run it.
 * @throws BackendError 'failed' when the machine could not be entered at all, 'helper-missing'
 */
async function enter(
  machine: MachineHandle,
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
    return await outcome(machine, request, child, failed);
  } finally {
    forwarding.stop();
  }
}

async function outcome(
  machine: MachineHandle,
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
    throwFailure(machine, answer);
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
function sendRecords(stream: Writable, records: Buffer): void {
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

function throwFailure(machine: MachineHandle, answer: readonly WireRecord[]): void {
  const [failure] = answer;
  if (failure?.name !== 'failed') return;
  const [syscall = '', errno = '', path = '', detail = ''] = failure.arguments;
  const said = detail === '' ? [`cannot run in ${machine.spec.name}`, syscall, path, errno] : [detail, path];
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
