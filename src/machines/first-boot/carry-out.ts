/**
 * A first boot, from the first start on until all of it is done. What changes files is done before init runs, by commands of the machine's
 * own while a shell waits in init's place: so it happens in the machine's confinement, whatever its files are.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Backend, InitSpec, MachineHandle } from '../../backends/backend.ts';
import { type Domain, record } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { StoredMachine } from '../spec.ts';
import { type FirstBoot, readFirstBoot, saveFirstBoot, withoutSteps } from './first-boot-file.ts';
import { GO_FILE, WAIT_FOR_GO } from './scripts.ts';

/** What is still to be done; undefined of nearly all machines. */
export function pendingFirstBoot({ handle }: StoredMachine): FirstBoot | undefined {
  const firstBoot = readFirstBoot(handle.directory);
  return firstBoot !== undefined && firstBoot.done < firstBoot.steps.length ? firstBoot : undefined;
}

/** The machine with a shell in init's place, which waits for `beforeInit` and then becomes the init. */
export function waiting(handle: MachineHandle): MachineHandle {
  const { init } = handle.spec;
  const argv: InitSpec['argv'] = ['/bin/sh', '-c', WAIT_FOR_GO, 'sh', ...init.argv];
  return { ...handle, spec: { ...handle.spec, init: { ...init, argv } } };
}

export async function beforeInit(domain: Domain, machine: StoredMachine, pending: FirstBoot): Promise<void> {
  await runPhase(domain, machine, pending, 'before-init');
  await inside(domain, machine, ['/bin/sh', '-c', `: > ${GO_FILE}`]);
}

/** The rest, and what became of all; throws `failed` if not all went well. The caller holds no lock: it may take minutes. */
export async function afterBoot(domain: Domain, machine: StoredMachine): Promise<void> {
  const pending = pendingFirstBoot(machine);
  const last = pending === undefined ? undefined : await runPhase(domain, machine, pending, 'after-boot');
  if (last === undefined) return;
  saveFirstBoot(machine.handle.directory, withoutSteps(last));
  const words = last.failures.map(({ step, why }) => `${step}: ${why}`).join('; ');
  record(domain, machine.name, 'first-boot', words === '' ? {} : { failures: words });
  if (words === '') return;
  throw new MachineError('failed', `it runs, but not all of its first boot was done: ${words}`, {
    subject: machine.name,
    hint: `look at \`tsmachine logs ${machine.name}\`; it is not done again`,
  });
}

async function runPhase(
  domain: Domain,
  machine: StoredMachine,
  pending: FirstBoot,
  phase: FirstBoot['steps'][number]['phase'],
): Promise<FirstBoot> {
  let now = pending;
  for (const step of pending.steps.slice(pending.done)) {
    if (phase === 'before-init' && step.phase !== phase) break;
    const why = await inside(domain, machine, step.argv);
    const failures = why === undefined ? now.failures : [...now.failures, { step: step.name, why }];
    now = { ...now, done: now.done + 1, failures };
    saveFirstBoot(machine.handle.directory, now);
  }
  return now;
}

/** What went wrong, if anything did. Throws if the machine does not run any more: the next start goes on. */
async function inside(
  { backend }: Domain,
  { handle, name }: StoredMachine,
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  try {
    const { exitCode, stdout, stderr } = await backend.exec(handle, {
      argv,
      user: '0:0',
      workingDirectory: '/',
      environment: {},
      terminal: false,
      stdio: 'pipe',
    });
    if (exitCode === 0) return undefined;
    if (exitCode > 128 && (await ends(backend, handle))) throw new Error('the machine ended meanwhile');
    const said = `${stderr.toString()}\n${stdout.toString()}`.trim().split('\n')[0] ?? '';
    return `exit code ${exitCode}${said === '' ? '' : `, ${said.slice(0, 200)}`}`;
  } catch (cause) {
    const error = toMachineError(cause, name);
    throw new MachineError(error.code, `the first boot broke off: ${error.message}`, {
      subject: name,
      hint: 'the next start goes on with it',
      cause,
    });
  }
}

/** What its halt kills dies a moment before it. */
async function ends(backend: Backend, handle: MachineHandle): Promise<boolean> {
  for (let look = 0; look < 50; look += 1) {
    if (backend.status(handle).state !== 'running') return true;
    await wait(100);
  }
  return false;
}
