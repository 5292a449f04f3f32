/** Steps of a first boot, one after the other, by commands in a machine: whoever keeps it, and however they get in. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecRequest, ExecResult, InitSpec } from '../../backends/backend.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { MachineEvent } from '../events/events.ts';
import { type FirstBoot, withoutSteps } from './first-boot-file.ts';

type Argv = InitSpec['argv'];

/** Of one machine. */
export interface FirstBootWork {
  /** The machine. */
  readonly name: string;
  readonly save: (firstBoot: FirstBoot) => void;
  readonly run: (argv: Argv) => Promise<ExecResult>;
  /** Whether what the commands run in is there no more. */
  readonly hasEnded: () => boolean | Promise<boolean>;
}

/** How commands of a first boot are run in a machine that runs: as root, with nothing of whoever asked for it. */
export function asRoot(argv: Argv): ExecRequest {
  return { argv, user: '0:0', workingDirectory: '/', environment: {}, terminal: false, stdio: 'pipe' };
}

/**
 * From the first that is not done on, each written down when it is. One that fails keeps no other from being done.
 * @param upTo the last phase that is to be done now
 * @throws MachineError if the machine does not run any more: the next start goes on
 */
export async function runSteps(
  work: FirstBootWork,
  pending: FirstBoot,
  upTo: FirstBoot['steps'][number]['phase'],
): Promise<FirstBoot> {
  let now = pending;
  for (const step of pending.steps.slice(pending.done)) {
    if (upTo === 'before-init' && step.phase !== upTo) break;
    const why = await runInside(work, step.argv);
    const failures = why === undefined ? now.failures : [...now.failures, { step: step.name, why }];
    now = { ...now, done: now.done + 1, failures };
    work.save(now);
  }
  return now;
}

/** When all is done: what is kept of it, the event, and a `failed` if not all went well. */
export function conclude(
  { name, save }: Pick<FirstBootWork, 'name' | 'save'>,
  last: FirstBoot,
  tell: (details: MachineEvent['details']) => void,
): void {
  save(withoutSteps(last));
  const words = last.failures.map(({ step, why }) => `${step}: ${why}`).join('; ');
  tell(words === '' ? {} : { failures: words });
  if (words === '') return;
  throw new MachineError('failed', `it runs, but not all of its first boot was done: ${words}`, {
    subject: name,
    hint: `look at \`tsmachine logs ${name}\`; it is not done again`,
  });
}

/** What went wrong, if anything did. Throws if the machine does not run any more: the next start goes on. */
export async function runInside(work: FirstBootWork, argv: Argv): Promise<string | undefined> {
  try {
    const { exitCode, stdout, stderr } = await work.run(argv);
    if (exitCode === 0) return undefined;
    if (exitCode > 128 && (await ends(work))) throw new Error('the machine ended meanwhile');
    const said = `${stderr.toString()}\n${stdout.toString()}`.trim().split('\n')[0] ?? '';
    return `exit code ${exitCode}${said === '' ? '' : `, ${said.slice(0, 200)}`}`;
  } catch (cause) {
    const error = toMachineError(cause, work.name);
    throw new MachineError(error.code, `the first boot broke off: ${error.message}`, {
      subject: work.name,
      hint: 'the next start goes on with it',
      cause,
    });
  }
}

/** What its halt kills dies a moment before it. */
async function ends({ hasEnded }: FirstBootWork): Promise<boolean> {
  for (let look = 0; look < 50; look += 1) {
    if (await hasEnded()) return true;
    await wait(100);
  }
  return false;
}
