/** The forms: which fields, and which deeds come of them. Adding one is an entry here. Pure. */

import type { MachineConfig } from '../../machines/config/config-schema.ts';
import { MachineError } from '../../machines/errors.ts';
import { checkNewSettings } from '../../machines/keys/check-new-settings.ts';
import { applySettings } from '../../machines/keys/config-keys.ts';
import { checkMachineName } from '../../machines/names/machine-names.ts';
import { checkSnapshotName } from '../../machines/names/snapshot-names.ts';
import type { Deed } from '../deeds/deed.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import type { FormDialog, FormName } from './dialog.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Shown where nothing has been typed. */
  readonly example: string;
  /** Undefined: anything. Left and right choose between them; the first one counts if none was chosen. */
  readonly choices?: readonly string[] | 'templates';
  /** A name that no machine has yet, or one for a snapshot. */
  readonly isNameOf?: 'machine' | 'snapshot';
}

type Values = Readonly<Record<string, string>>;

interface Form {
  readonly title: string;
  readonly fields: readonly Field[];
  /** A string: what is missing. */
  readonly deed: (subject: string, values: Values, state: Pick<DashboardState, 'templates'>) => Deed | string;
}

export const limitFields = [
  { name: 'memory.max', label: 'memory.max', example: '512M, max' },
  { name: 'memory.high', label: 'memory.high', example: '400M, max' },
  { name: 'memory.swap.max', label: 'memory.swap.max', example: '0, max' },
  { name: 'cpu.max', label: 'cpu.max', example: '150%, max' },
  { name: 'cpu.weight', label: 'cpu.weight', example: '1 to 10000' },
  { name: 'pids.max', label: 'pids.max', example: '200, max' },
] as const satisfies readonly Field[];

export const forms: Readonly<Record<FormName, Form>> = {
  create: {
    title: 'Create a machine',
    fields: [
      { name: 'name', label: 'name', example: 'picked for you', isNameOf: 'machine' },
      { name: 'template', label: 'template', example: '', choices: 'templates' },
      ...limitFields.filter(({ name }) => ['memory.max', 'cpu.max', 'pids.max'].includes(name)),
      { name: 'start', label: 'start it', example: '', choices: ['yes', 'no'] },
    ],
    deed: (_, values, { templates }) => ({
      verb: 'create',
      name: values['name'] || undefined,
      template: values['template'] || templates[0] || 'busybox',
      settings: settingsIn(values),
      start: values['start'] !== 'no',
    }),
  },
  clone: {
    title: 'Clone',
    fields: [{ name: 'name', label: 'name of the clone', example: '', isNameOf: 'machine' }],
    deed: (source, { name = '' }) =>
      name === '' ? 'the clone needs a name' : { verb: 'clone', source, name },
  },
  rename: {
    title: 'Rename',
    fields: [{ name: 'name', label: 'new name', example: '', isNameOf: 'machine' }],
    deed: (subject, { name = '' }) =>
      name === '' ? 'a machine needs a name' : { verb: 'rename', name: subject, newName: name },
  },
  snapshot: {
    title: 'Snapshot of',
    fields: [
      { name: 'snapshot', label: 'name', example: 'picked for you', isNameOf: 'snapshot' },
      { name: 'comment', label: 'comment', example: '' },
    ],
    deed: (name, values) => ({
      verb: 'snapshot',
      name,
      snapshot: values['snapshot'] || undefined,
      comment: values['comment'] || undefined,
    }),
  },
  limits: {
    title: 'Limits of',
    fields: limitFields,
    deed: (name, values) => {
      const settings = settingsIn(values);
      return Object.keys(settings).length === 0 ? 'nothing is changed' : { verb: 'set', name, settings };
    },
  },
};

/** @param stored of a machine whose settings are changed: what is there is shown, and what is typed is tried on it */
export function formDialog(
  form: FormName,
  subjects: readonly string[],
  stored: FormDialog['stored'] = undefined,
): FormDialog {
  return {
    kind: 'form',
    form,
    subjects,
    stored,
    values: stored?.settings ?? {},
    field: 0,
    problem: undefined,
  };
}

export function formTitle({ form, subjects }: FormDialog): string {
  const [first = ''] = subjects;
  return `${forms[form].title} ${subjects.length > 1 ? `${subjects.length} machines` : first}`.trim();
}

/** A string: why not. */
export function formDeeds(dialog: FormDialog, state: DashboardState): readonly Deed[] | string {
  const problem = problemOf(dialog, state);
  if (problem !== undefined) return problem;
  const deeds: Deed[] = [];
  for (const subject of dialog.subjects) {
    const deed = forms[dialog.form].deed(subject, changedValues(dialog), state);
    if (typeof deed === 'string') return deed;
    deeds.push(deed);
  }
  return deeds;
}

/** What is wrong with what has been typed so far; nothing typed is not wrong. */
export function problemOf(
  dialog: FormDialog,
  { machines }: Pick<DashboardState, 'machines'>,
): string | undefined {
  for (const { name, isNameOf } of forms[dialog.form].fields) {
    const value = dialog.values[name] ?? '';
    if (isNameOf === undefined || value === '') continue;
    const problem = refusal(() => (isNameOf === 'machine' ? checkMachineName : checkSnapshotName)(value));
    if (problem !== undefined) return problem;
    if (isNameOf === 'machine' && machines.some((machine) => machine.name === value))
      return `there is a machine ${value} already`;
  }
  const config: MachineConfig | undefined = dialog.stored?.config;
  const settings = settingsIn(changedValues(dialog));
  return refusal(() => (config === undefined ? checkNewSettings(settings) : applySettings(config, settings)));
}

export function choicesOf({ choices }: Field, { templates }: Pick<DashboardState, 'templates'>) {
  return choices === 'templates' ? templates : choices;
}

/** What was there already says nothing on a command line. */
function changedValues({ values, stored }: FormDialog): Values {
  const before = stored?.settings ?? {};
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => before[key] !== value));
}

function refusal(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  }
}

/** Keys of settings are those with a dot. */
function settingsIn(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => key.includes('.') && value !== ''),
  );
}
