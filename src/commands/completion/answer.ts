/** Turns a wish into candidates, looking at machines, templates and settings only where the wish needs them. */
import { constants } from 'node:os';
import { completeKeys, completeValues } from '../../machines/keys/config-keys.ts';
import type { Machines } from '../../machines/machines.ts';
import { listColumns } from '../../presentation/lists/machine-rows.ts';
import { usageColumns } from '../../presentation/usage/usage-columns.ts';
import type { Completion } from '../program/command-definition.ts';
import { allStates } from '../program/option-values.ts';
import type { Candidate, Wish } from './complete-words.ts';
import { completionScripts } from './scripts.ts';

type Open = (root?: string) => Promise<Machines>;
type Source = (wish: Wish, open: Open) => Promise<readonly Candidate[]>;

/** What a shell may put on a command line without quotes; a name that needs them was not made by us. */
const harmless = /^[\w@%+=:,./-]+$/;

export async function answer(wish: Wish, open: Open): Promise<readonly Candidate[]> {
  const { prefix, typed, taken } = wish;
  const all = wish.kind === 'fixed' ? wish.candidates : await sources[wish.kind](wish, open);
  return all
    .filter(({ value }) => value.startsWith(typed) && harmless.test(value) && !taken.includes(value))
    .map(({ value, description }) => ({ value: prefix + value, description }));
}

const sources: Readonly<Record<Completion, Source>> = {
  machine: async ({ root }, open) => plain(await (await open(root)).names()),
  snapshot: async ({ root, taken: [machine = ''] }, open) =>
    plain(await snapshotsOf(await open(root), machine)),
  source: async ({ root, typed }, open) => plain(await cloneSources(await open(root), typed)),
  'trash-entry': async ({ root }, open) =>
    plain((await (await open(root)).trash()).map(({ entry }) => entry)),
  template: async ({ root }, open) =>
    (await open(root)).templates().map(({ name, summary }) => ({ value: name, description: summary })),
  'template-option': templateOptions,
  image: async ({ root }, open) => plain((await open(root)).imageKeys()),
  setting: async ({ typed }) => settings(typed),
  state: async ({ typed }) => plain(lastOfList(typed, allStates)),
  column: async ({ typed }) => plain(lastOfList(typed, listColumns)),
  'usage-column': async () => plain(usageColumns),
  signal: async () => plain(Object.keys(constants.signals)),
  storage: async () => plain(['overlay', 'btrfs', 'dir']),
  shell: async () => plain(Object.keys(completionScripts)),
  files: async () => [],
  nothing: async () => [],
};

function plain(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value, description: '' }));
}

async function snapshotsOf(machines: Machines, machine: string): Promise<readonly string[]> {
  return (await machines.snapshots(machine)).map(({ name }) => name);
}

/** Snapshots only once the machine is named: else the list would be long. */
async function cloneSources(machines: Machines, typed: string): Promise<readonly string[]> {
  const at = typed.indexOf('@');
  if (at === -1) return machines.names();
  const machine = typed.slice(0, at);
  return (await snapshotsOf(machines, machine)).map((snapshot) => `${machine}@${snapshot}`);
}

/** The template is given by its option (create), or is the first word (image pull). */
async function templateOptions({ root, template, taken }: Wish, open: Open): Promise<readonly Candidate[]> {
  const wanted = template ?? taken[0];
  const found = (await open(root)).templates().find(({ name }) => name === wanted);
  return (found?.options ?? []).map(({ name, description }) => ({ value: `${name}=`, description }));
}

/** KEY= first, then the values of that key; a family of keys (rlimit.) stays open for the rest of its name. */
function settings(typed: string): readonly Candidate[] {
  const at = typed.indexOf('=');
  if (at === -1) return plain(completeKeys().map((key) => (key.endsWith('.') ? key : `${key}=`)));
  const key = typed.slice(0, at);
  return plain(completeValues(key).map((value) => `${key}=${value}`));
}

/** `running,fr` goes on with its last item. */
function lastOfList(typed: string, values: readonly string[]): readonly string[] {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  return values.map((value) => before + value);
}
