/** The forms: which fields, and which deed comes of them. Adding one is an entry here. */
import type { Deed } from '../deeds/deed.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Shown where nothing has been typed. */
  readonly example: string;
  /** Undefined: anything. Left and right choose between them. */
  readonly choices?: readonly string[];
}

export type FormName = 'create' | 'clone' | 'rename' | 'snapshot' | 'limits';

interface Form {
  readonly title: (subject: string) => string;
  readonly fields: readonly Field[];
  /** A string: what is wrong. */
  readonly deed: (subject: string, values: Readonly<Record<string, string>>) => Deed | string;
}

export const limitFields = [
  { name: 'memory.max', label: 'memory.max', example: '512M, max' },
  { name: 'memory.high', label: 'memory.high', example: '400M, max' },
  { name: 'memory.swap.max', label: 'memory.swap.max', example: '0, max' },
  { name: 'cpu.max', label: 'cpu.max', example: '150%, max' },
  { name: 'cpu.weight', label: 'cpu.weight', example: '1 to 10000' },
  { name: 'pids.max', label: 'pids.max', example: '200, max' },
] as const satisfies readonly Field[];

const switchField = (name: string, label: string): Field => ({
  name,
  label,
  example: 'no',
  choices: ['no', 'yes'],
});

export const forms: Readonly<Record<FormName, Form>> = {
  create: {
    title: () => 'Create a machine',
    fields: [
      { name: 'name', label: 'name', example: 'picked for you' },
      { name: 'template', label: 'template', example: 'busybox' },
      ...limitFields.filter(({ name }) => ['memory.max', 'cpu.max', 'pids.max'].includes(name)),
      switchField('start', 'start it'),
    ],
    deed: (_, values) => ({
      verb: 'create',
      name: values['name'] || undefined,
      template: values['template'] || 'busybox',
      settings: settingsIn(values),
      start: values['start'] === 'yes',
    }),
  },
  clone: {
    title: (subject) => `Clone ${subject}`,
    fields: [{ name: 'name', label: 'name of the clone', example: '' }],
    deed: (source, { name = '' }) =>
      name === '' ? 'the clone needs a name' : { verb: 'clone', source, name },
  },
  rename: {
    title: (subject) => `Rename ${subject}`,
    fields: [{ name: 'name', label: 'new name', example: '' }],
    deed: (subject, { name = '' }) =>
      name === '' ? 'a machine needs a name' : { verb: 'rename', name: subject, newName: name },
  },
  snapshot: {
    title: (subject) => `Snapshot of ${subject}`,
    fields: [
      { name: 'snapshot', label: 'name', example: 'picked for you' },
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
    title: (subject) => `Limits of ${subject}`,
    fields: limitFields,
    deed: (name, values) => {
      const settings = settingsIn(values);
      return Object.keys(settings).length === 0 ? 'nothing was changed' : { verb: 'set', name, settings };
    },
  },
};

/** Keys of settings are those with a dot. */
function settingsIn(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => key.includes('.') && value !== ''),
  );
}
