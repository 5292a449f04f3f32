/** Starting: a job of systemd, and why it failed. */
import { BackendError } from '../../backend.ts';
import type { ManagedSettings } from '../../manager/settings.ts';
import { dbusErrorName } from '../bus/bus-errors.ts';
import { integer, text } from '../bus/values.ts';
import type { NspawnContext } from '../context.ts';
import type { JobResult } from '../jobs.ts';
import { SYSTEMD1 } from '../systemd1.ts';
import { unitOfMachine } from '../unit-name.ts';
import { awaitReady, readinessOf } from './await-ready.ts';
import { awaitExecution } from './execution.ts';
import { lastWords } from './last-words.ts';
import { findRunning, forgetFailure } from './running.ts';

export async function startMachine(
  context: NspawnContext,
  settings: Pick<ManagedSettings, 'read' | 'values'>,
  name: string,
): Promise<void> {
  const unit = unitOfMachine(name);
  const askedAt = Date.now();
  const result = await startUnit(context, unit, makeStartable(context, name, unit));
  if (result !== 'done') throw await startFailure(context, name, resultWords[result] ?? result, askedAt);
  if (await saysWhenReady(settings, name)) return;
  if (await hasFailed(context, name, unit)) {
    throw await startFailure(context, name, 'its init failed at once', askedAt);
  }
}

async function makeStartable(context: NspawnContext, name: string, unit: string): Promise<void> {
  const [running] = await Promise.all([
    findRunning(context, name),
    // systemd refuses a unit that was started too often (StartLimitBurst); a person who starts one again means it.
    forgetFailure(context, unit),
  ]);
  if (running !== undefined) throw new BackendError('already-running', `${name} is running already`);
}

/** Its job is done when its init has said that it has booted (NotifyReady= of systemd.nspawn(5)). */
async function saysWhenReady(
  settings: Pick<ManagedSettings, 'read' | 'values'>,
  name: string,
): Promise<boolean> {
  try {
    const said = settings.values(await settings.read(name), 'Exec', 'NotifyReady').at(-1) ?? '';
    return /^(?:1|y|yes|t|true|on)$/i.test(said);
  } catch (error) {
    // It was started: settings that cannot be read any more are no failure of that.
    if (error instanceof BackendError) return false;
    throw error;
  }
}

/** How long an end that has begun may take, in milliseconds: then it is no answer to a start any more. */
const END_MS = 1000;

/**
 * Where init does not say when it has booted, the job is done just before systemd-nspawn executes it. An init that ends well has done what it was started
 * for, and one that fails later is not waited for.
 */
async function hasFailed(context: NspawnContext, name: string, unit: string): Promise<boolean> {
  try {
    const running = await findRunning(context, name);
    if (running !== undefined) {
      const supervisor = integer(await context.systemd1.unitProperty(unit, 'Service', 'ExecMainPID'));
      await awaitExecution(running.leader, supervisor, END_MS);
    }
    const seen = await readinessOf(context, name, unit);
    // machined may have it no more, or not again yet: its unit tells which.
    const end = seen === 'coming' ? await awaitReady(context, name, END_MS) : seen;
    return end === 'ended' && (await resultOf(context, unit)).result !== 'success';
  } catch (error) {
    // It was started: a bus that is lost after that is no failure of the start.
    if (error instanceof BackendError) return false;
    throw error;
  }
}

async function startUnit(
  { systemd1 }: NspawnContext,
  unit: string,
  provided: Promise<void>,
): Promise<JobResult> {
  try {
    return await systemd1.startUnit(unit, { provided });
  } catch (error) {
    if (dbusErrorName(error) !== `${SYSTEMD1}.NoSuchUnit`) throw error;
    throw new BackendError('unsupported', `there is no unit ${unit}: systemd-nspawn is not installed`, {
      hint: 'install the package systemd-container (Debian, Ubuntu, Fedora); on Arch it is part of systemd',
      cause: error,
    });
  }
}

const resultWords: Readonly<Record<Exclude<JobResult, 'done'>, string>> = {
  canceled: 'somebody stopped it meanwhile',
  timeout: 'it did not come up in time',
  failed: 'it did not come up',
  dependency: 'a unit that it needs did not come up',
  skipped: 'it was not to be started as things are',
};

async function startFailure(
  context: NspawnContext,
  name: string,
  words: string,
  askedAt: number,
): Promise<BackendError> {
  const unit = unitOfMachine(name);
  // What it was is known, whether or not the reason can be asked for.
  const [why, lines] = await Promise.all([
    unitResult(context, unit).catch(() => ''),
    lastWords(unit, askedAt).catch(() => []),
  ]);
  const said = lines.length === 0 ? '' : `: ${lines.join(' / ')}`;
  return new BackendError('launch-failed', `${words}${why}${said}`, {
    hint: `see \`journalctl -u '${unit}'\`, and what it is started with: \`tsmachine plan ${name}\``,
  });
}

async function unitResult(context: NspawnContext, unit: string): Promise<string> {
  const { result, code, status } = await resultOf(context, unit);
  if (result === 'success') return '';
  // CLD_EXITED of waitid(2).
  return code === 1
    ? ` (${result}, exit code ${status})`
    : code === 0
      ? ` (${result})`
      : ` (${result}, signal ${status})`;
}

/** What became of the unit's process (systemd.exec(5), SERVICE_RESULT). */
async function resultOf({ systemd1 }: NspawnContext, unit: string) {
  const service = await systemd1.unitProperties(unit, 'Service');
  return {
    result: text(service['Result']),
    code: integer(service['ExecMainCode']),
    status: integer(service['ExecMainStatus']),
  };
}
