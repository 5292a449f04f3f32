/** Commands on several machines: in parallel, each reported, one failure makes the whole exit non-zero. */
import { setTimeout as delay } from 'node:timers/promises';
import { MachineError } from '../../machines/errors.ts';
import type { MachineState, MachineSummary, Machines } from '../../machines/machines.ts';
import { MACHINES_AT_ONCE, mapAtMost } from '../../machines/work/at-most.ts';
import { exitCodeOf, failureFields, printFailure } from '../../presentation/output/failure.ts';
import type { CommandContext } from './command-definition.ts';

export interface NamesChoice {
  readonly names: readonly string[];
  readonly all: boolean;
  /** The states in which --all takes a machine. */
  readonly states: readonly MachineState[];
  /** Whether --all takes those too that are down and wait for their restart. */
  readonly waiting?: boolean;
}

export interface Act {
  /** "start" in "cannot start web". */
  readonly attempt: string;
  readonly act: (machines: Machines, name: string) => Promise<ActResult>;
}

export interface ActResult {
  /** "started" in "web: started". */
  readonly words: string;
  /** Lines of their own after it. */
  readonly more?: readonly string[];
  /** For --json. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

type Outcome =
  | { readonly name: string; readonly result: ActResult }
  | { readonly name: string; readonly error: unknown };

export async function actOnMachines(context: CommandContext, choice: NamesChoice, act: Act): Promise<number> {
  const names = await chooseNames(await context.machines(), choice);
  return actInTurn(context, [{ names, pauseMs: 0 }], act);
}

/** Each batch when all of the one before is done, and its pause over; one that failed stops none. */
export async function actInTurn(
  context: CommandContext,
  batches: readonly { readonly names: readonly string[]; readonly pauseMs: number }[],
  act: Act,
): Promise<number> {
  const machines = await context.machines();
  const outcomes: Outcome[] = [];
  for (const [index, { names, pauseMs }] of batches.entries()) {
    const done = await mapAtMost(MACHINES_AT_ONCE, names, async (name): Promise<Outcome> => {
      const outcome = await attempt(machines, name, act);
      announce(context, act, outcome);
      return outcome;
    });
    outcomes.push(...done);
    if (pauseMs > 0 && index + 1 < batches.length) await delay(pauseMs);
  }
  if (context.output.json) context.output.document({ results: outcomes.map((one) => fieldsOf(one, act)) });
  return exitCodeOfAll(outcomes);
}

export async function chooseNames(machines: Machines, choice: NamesChoice): Promise<readonly string[]> {
  const { names, all, states, waiting = false } = choice;
  if (all && names.length > 0) throw new MachineError('usage', 'either names or --all, not both');
  if (all) {
    const isMeant = ({ state, restartAt }: MachineSummary): boolean =>
      states.includes(state) || (waiting && restartAt !== null);
    return (await machines.list()).flatMap((machine) => (isMeant(machine) ? [machine.name] : []));
  }
  if (names.length === 0) throw new MachineError('usage', 'which machine? Give names or --all');
  return [...new Set(names)];
}

async function attempt(machines: Machines, name: string, { act }: Act): Promise<Outcome> {
  try {
    return { name, result: await act(machines, name) };
  } catch (error) {
    return { name, error };
  }
}

function announce({ output }: CommandContext, act: Act, outcome: Outcome): void {
  if ('error' in outcome) {
    printFailure(outcome.error, `${act.attempt} ${outcome.name}`, output.json, output.terminals);
  } else {
    const { words, more = [] } = outcome.result;
    for (const line of [`${outcome.name}: ${words}`, ...more]) output.report(line);
  }
}

function fieldsOf(outcome: Outcome, act: Act): Readonly<Record<string, unknown>> {
  const { name } = outcome;
  if ('error' in outcome) {
    return { name, ok: false, error: failureFields(outcome.error, `${act.attempt} ${name}`) };
  }
  return { name, ok: true, ...outcome.result.fields };
}

function exitCodeOfAll(outcomes: readonly Outcome[]): number {
  const failures = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  if (failures.length === 0) return 0;
  return outcomes.length === 1 ? exitCodeOf(failures[0]) : 1;
}
