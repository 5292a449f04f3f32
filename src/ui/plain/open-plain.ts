/**
 * The dashboard line by line: what is typed is a command, what is told is a sentence, and nothing that was printed is printed over. For
 * screen readers, for terminals that can do no more, and for scripts: the next line is taken when the one before has been done.
 */
import type { Machines } from '../../machines/machines.ts';
import { visible, visibleLines } from '../../presentation/plain-text.ts';
import { initialState, selectedMachine } from '../state/dashboard-state.ts';
import type { Effect } from '../state/pressed.ts';
import { createJobs, type Jobs } from '../store/jobs.ts';
import { createListReader } from '../store/list-reader.ts';
import { lookFirst } from '../store/look-first.ts';
import { createStore, type Store } from '../store/store.ts';
import type { PlainParts } from './plain-parts.ts';
import { answerQuestion, askedWords } from './questions.ts';
import { changeSentences, listSentences } from './sentences.ts';
import { takeLine } from './take-line.ts';

export interface PlainRequest {
  readonly machines: Machines;
  readonly hostName: string;
  readonly readOnly: boolean;
  /** What is typed, without the line's end. */
  readonly lines: AsyncIterable<string>;
  /** Nothing more is taken from them. */
  readonly stop: () => void;
  readonly print: (line: string) => void;
  /** From now on a person is told here what no answer tells. */
  readonly onWarning?: (tell: (text: string) => void) => void;
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the exit code when nothing more is typed, or somebody leaves. */
export async function openPlain(request: PlainRequest): Promise<number> {
  const { machines, hostName, lines, stop, print, onWarning } = request;
  const ending = new AbortController();
  onWarning?.((text) => print(visibleLines(text)));
  const store = storeOf(request);
  const refresh = createListReader(machines, store, ending.signal, (error) =>
    print(`The machines cannot be read: ${messageOf(error)}`),
  );
  const jobs = createJobs(machines, store, { onDone: refresh, openConsole: () => undefined });
  const list = (): void => {
    for (const line of listSentences(store.state().machines, hostName, Date.now())) print(line);
  };
  await refresh();
  list();
  print('Type a command and Enter: help tells which there are, quit leaves.');
  store.subscribe(tellNews(store, print));
  const following = followChanges(machines, ending.signal, refresh, print);
  const deaf = hearSignals(jobs, stop);
  try {
    for await (const line of lines) {
      if ((await take(line, { machines, store, print, list }, jobs)) === 'quit') break;
    }
    return 0;
  } finally {
    jobs.breakOff();
    await jobs.settled();
    ending.abort();
    await following;
    deaf();
  }
}

/** The state of a screen that nobody sees. */
function storeOf({ machines, hostName, readOnly }: PlainRequest): Store {
  const templates = machines.templates().map(({ name }) => name);
  const state = initialState({ hostName, readOnly, size: { columns: 80, rows: 24 } });
  return createStore({ ...state, templates }, () => undefined);
}

/** Ctrl-C breaks off what is under way, and leaves where nothing is. Returns what ends that. */
function hearSignals(jobs: Jobs, stop: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!jobs.breakOff() || signal !== 'SIGINT') stop();
  };
  for (const signal of endingSignals) process.on(signal, onSignal);
  return () => {
    for (const signal of endingSignals) process.off(signal, onSignal);
  };
}

async function take(line: string, parts: PlainParts, jobs: Jobs): Promise<'quit' | 'go-on'> {
  const { store, print } = parts;
  const question = store.state().dialogs.at(-1);
  const answer = question === undefined ? undefined : answerQuestion(question, line);
  const effects = answer === undefined ? await takeLine(line, parts) : answer;
  if (effects === 'quit') return 'quit';
  if (answer !== undefined) {
    store.update((state) => ({ ...state, dialogs: [] }));
    if (answer.length === 0) print('Nothing was done.');
  }
  for (const effect of effects) await carryOut(effect, parts, jobs);
  const asked = store.state().dialogs.at(-1);
  if (asked !== undefined) for (const words of askedWords(asked)) print(words);
  // What is only told is not asked.
  if (asked !== undefined && asked.kind !== 'confirm') store.update((state) => ({ ...state, dialogs: [] }));
  return 'go-on';
}

async function carryOut(effect: Effect, { machines, store, print }: PlainParts, jobs: Jobs): Promise<void> {
  switch (effect.type) {
    case 'deeds':
      jobs.run(effect.deeds);
      await jobs.settled();
      break;
    case 'ask':
      await lookFirst(effect.question, machines, store);
      break;
    case 'open-console':
      print(`tsmachine console ${selectedMachine(store.state())?.name ?? effect.name} opens it.`);
      break;
    default:
      print('That is for the full screen.');
  }
}

/** What came of a deed is told once. */
function tellNews(store: Store, print: (line: string) => void): () => void {
  let { notice, machines } = store.state();
  return () => {
    const now = store.state();
    if (now.notice !== notice && now.notice !== undefined) print(visibleLines(now.notice.text));
    if (now.machines !== machines) for (const line of changeSentences(machines, now.machines)) print(line);
    ({ notice, machines } = now);
  };
}

async function followChanges(
  machines: Machines,
  signal: AbortSignal,
  refresh: () => Promise<void>,
  print: (line: string) => void,
): Promise<void> {
  try {
    for await (const _ of machines.followEvents({}, signal)) await refresh();
  } catch (error) {
    if (!signal.aborted) print(`Changes are not told any more: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return visible(error instanceof Error ? error.message : String(error));
}
