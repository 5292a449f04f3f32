/** Does a deed by the domain, and says in a line what came of it. */
import type { StorageWork } from '../../backends/storage.ts';
import { MachineError } from '../../machines/errors.ts';
import { revertDiffering } from '../../machines/files/revert-differing.ts';
import { processName } from '../../machines/lifecycle/refusing.ts';
import type { Machines, UndoResult } from '../../machines/machines.ts';
import type { StopOptions, StopOutcome, StopProgress } from '../../machines/stopping.ts';
import { revertedWords } from '../../presentation/lines/reverted.ts';
import { failuresOf, resultsOf, undoAttempt } from '../../presentation/lines/undone.ts';
import { formatWait } from '../../presentation/units.ts';
import { carryFiles } from './carry-files.ts';
import type { Deed } from './deed.ts';

/** As `tsmachine stop`. */
const STOP_SECONDS = 90;

const MOST_NAMES = 4;

export interface DeedWork extends StorageWork {
  readonly say: (progress: string) => void;
  /** Of several deeds that were asked for at once: they are undone at once (trash/removed-by.ts). */
  readonly command: string | undefined;
  /** A machine that was asked for is there; told again when it has been started. */
  readonly onMachine?: (name: string, state: 'created' | 'started') => void;
}

/** @throws MachineError, and whatever `work.signal` was aborted with */
export async function carryOut(machines: Machines, deed: Deed, work: DeedWork): Promise<string> {
  switch (deed.verb) {
    case 'start':
      await machines.start(deed.name, { ifNeeded: false });
      return `${deed.name}: started`;
    case 'stop': {
      const outcome = await machines.stop(deed.name, stopOptions(work));
      return `${deed.name}: ${outcome.clean ? 'stopped' : killedWords(outcome)}`;
    }
    case 'restart':
      await machines.restart(deed.name, stopOptions(work));
      return `${deed.name}: restarted`;
    case 'freeze':
      await machines.freeze(deed.name);
      return `${deed.name}: frozen`;
    case 'unfreeze':
      await machines.unfreeze(deed.name);
      return `${deed.name}: goes on`;
    case 'kill':
      await machines.kill(deed.name, 'SIGKILL');
      return `${deed.name}: killed`;
    case 'create':
      return create(machines, deed, work);
    case 'destroy':
      await machines.destroy(deed.name, { force: true, now: false, command: work.command }, work);
      return `${deed.name}: in the trash; z brings it back`;
    case 'clone':
      await machines.clone(deed.source, deed.name, { ...work, keepIdentity: false });
      return `${deed.source}: cloned to ${deed.name}`;
    case 'rename':
      await machines.rename(deed.name, deed.newName);
      return `${deed.name}: is ${deed.newName} now`;
    case 'set':
      await machines.changeSettings(deed.name, deed.settings);
      return `${deed.name}: set ${Object.keys(deed.settings).join(' ')}`;
    case 'push':
    case 'pull':
    case 'bind':
    case 'unbind':
      return carryFiles(machines, deed, work);
    default:
      return travel(machines, deed, work);
  }
}

function stopOptions({ say }: DeedWork): StopOptions {
  const onProgress = (progress: StopProgress): void => {
    if (progress.rung === 'halt') say(`init was sent ${progress.signal}`);
    if (progress.rung === 'kill') say('killed');
  };
  return { timeoutSeconds: STOP_SECONDS, onProgress };
}

function killedWords({ refused }: StopOutcome): string {
  const names = (refused?.processes ?? []).slice(0, MOST_NAMES).map(({ name }) => processName(name));
  const who = names.length === 0 ? '' : `; still there: ${names.join(', ')}`;
  return `did not stop within ${STOP_SECONDS} s and was killed${who}`;
}

type Travel = Extract<Deed, { verb: 'snapshot' | 'restore' | 'snapshot-remove' | 'revert' | 'undo' }>;

async function travel(machines: Machines, deed: Travel, work: DeedWork): Promise<string> {
  switch (deed.verb) {
    case 'snapshot': {
      const { snapshot, comment } = deed;
      const limits = { expiresAfterMs: undefined, keep: undefined };
      const taken = await machines.snapshot(deed.name, { ...work, ...limits, snapshot, comment });
      const still = taken.frozenMs === undefined ? '' : `; it stood still for ${formatWait(taken.frozenMs)}`;
      return `${deed.name}: snapshot ${taken.snapshot} taken${still}`;
    }
    case 'restore': {
      const before = await machines.restore(deed.name, deed.snapshot, work);
      return `${deed.name}: is again as in ${deed.snapshot}; what it was is ${before}`;
    }
    case 'snapshot-remove':
      await machines.removeSnapshots(deed.name, [deed.snapshot], { now: false }, work);
      return `${deed.name}: snapshot ${deed.snapshot} in the trash; z brings it back`;
    case 'revert': {
      const { name, path } = deed;
      const from = deed.from && `${name}@${deed.from}`;
      const reverted = await revertDiffering(machines, name, [path], from, work);
      return `${name}: ${revertedWords(path, reverted.length > 0, from ?? 'its image')}`;
    }
    case 'undo':
      return undoneText(resultsOf(await machines.undo(work)));
  }
}

/** @throws MachineError for what did not come back; it says what did */
function undoneText(results: readonly UndoResult[]): string {
  const undone = results.filter(({ error }) => error === undefined);
  const [failure] = failuresOf(results);
  const words = [...new Set(undone.map(({ deed }) => deed))].map((deed) => {
    const names = undone.filter((one) => one.deed === deed).map(({ machine }) => machine);
    return `${[...new Set(names)].join(', ')}: ${deed} undone`;
  });
  if (failure === undefined) return words.join('; ');
  const { error } = failure;
  const parts = [
    ...words,
    ...failuresOf(results).map((one) => `cannot ${undoAttempt(one)}: ${one.error.message}`),
  ];
  throw new MachineError(error.code, parts.join('\n'), { ...error, cause: error });
}

async function create(
  machines: Machines,
  deed: Extract<Deed, { verb: 'create' }>,
  work: DeedWork,
): Promise<string> {
  const name = await machines.create({
    name: deed.name,
    template: deed.template,
    templateOptions: {},
    storage: undefined,
    settings: deed.settings,
    progress: work.say,
    fileProgress: work.progress,
    signal: work.signal,
  });
  work.onMachine?.(name, 'created');
  if (!deed.start) return `${name}: created`;
  work.say('starts');
  await machines.start(name, { ifNeeded: false });
  work.onMachine?.(name, 'started');
  return `${name}: created and started`;
}
