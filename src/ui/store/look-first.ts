/** Dialogs that show what has to be looked up first. */
import type { Machines } from '../../machines/machines.ts';
import { blastRadius, radiusWords } from '../deeds/blast-radius.ts';
import { formDialog, limitFields } from '../dialogs/forms.ts';
import { withRadius } from '../state/ask.ts';
import { type Question, withDialog } from '../state/pressed.ts';
import type { Store } from './store.ts';

/** More than anybody reads; `tsmachine diff` has it all. */
const MOST_LINES = 10_000;

export async function lookFirst(question: Question, machines: Machines, store: Store): Promise<void> {
  try {
    switch (question.about) {
      case 'destroy':
        return await askDestroy(question.names, machines, store);
      case 'limits':
        return await askLimits(question.names, machines, store);
      case 'file':
        return await showFile(question, machines, store);
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    store.tell({ type: 'notice', notice: { kind: 'failed', text, command: undefined } });
  }
}

async function askDestroy(names: readonly string[], machines: Machines, store: Store): Promise<void> {
  const radius = await Promise.all(names.map((name) => blastRadius(machines, name)));
  const words = radius.map((of) => radiusWords(of, Date.now()));
  store.update((state) => withRadius(state, names, words));
}

/** Several have several values: then only what is typed is set. */
async function askLimits(names: readonly string[], machines: Machines, store: Store): Promise<void> {
  const [only] = names;
  const stored = names.length > 1 || only === undefined ? undefined : await storedLimits(machines, only);
  store.update((state) => withDialog(state, formDialog('limits', names, stored)));
}

async function storedLimits(machines: Machines, name: string) {
  const [all, config] = await Promise.all([machines.settings(name), machines.readConfig(name)]);
  const settings = Object.fromEntries(limitFields.map((field) => [field.name, all[field.name] ?? '']));
  return { settings, config };
}

async function showFile(
  { from, to, path }: Extract<Question, { about: 'file' }>,
  machines: Machines,
  store: Store,
): Promise<void> {
  const { text, binary } = await machines.diffFile(from, to, path);
  const lines =
    text === null
      ? [
          binary
            ? 'It is no text: what has changed in it cannot be shown.'
            : 'It is no file of at most 4 MiB in either state.',
        ]
      : text === ''
        ? ['Its content is the same; owner, mode or times differ.']
        : text.split('\n').slice(0, MOST_LINES);
  const title = to === undefined ? `${path}: since the image of ${from}` : `${path}: from ${from} to ${to}`;
  store.update((state) => withDialog(state, { kind: 'text', title, lines, top: 0 }));
}
