/** What can be typed behind `:` with arguments: the verbs of the command line, and what is set in the dashboard itself. Pure. */

import { MachineError } from '../../machines/errors.ts';
import { checkNewSettings } from '../../machines/keys/check-new-settings.ts';
import { collectSettings, limitsAmong } from '../../machines/keys/config-keys.ts';
import { checkMachineName } from '../../machines/names/machine-names.ts';
import { nearest } from '../../machines/names/nearest.ts';
import { checkSnapshotName } from '../../machines/names/snapshot-names.ts';
import type { Deed } from '../deeds/deed.ts';
import { confirmDestroy, confirmKill, confirmRemoval, confirmRestore, confirmRevert } from '../state/ask.ts';
import { columnNames } from '../state/columns.ts';
import { type DashboardState, sortColumns, type Tab, tabs } from '../state/dashboard-state.ts';
import { reorder } from '../state/machine-order.ts';
import { withTab } from '../state/move.ts';
import { nothing, only, type Pressed } from '../state/pressed.ts';
import { themeNames } from '../theme.ts';
import { fileVerbs } from './typed-file-verbs.ts';
import type { Given, TypedVerb } from './typed-verb.ts';

const MANY = Number.POSITIVE_INFINITY;

const deeds = (state: DashboardState, ...all: readonly Deed[]): Pressed =>
  only(state, { type: 'deeds', deeds: all });

const onEach = (verb: 'start' | 'stop' | 'restart' | 'freeze' | 'unfreeze'): TypedVerb => ({
  usage: `${verb} NAME...`,
  words: [1, MANY],
  run: (state, { words }) => deeds(state, ...known(state, words).map((name) => ({ verb, name }))),
});

export const verbs: Readonly<Record<string, TypedVerb>> = {
  start: onEach('start'),
  stop: onEach('stop'),
  restart: onEach('restart'),
  freeze: onEach('freeze'),
  unfreeze: onEach('unfreeze'),
  kill: {
    usage: 'kill NAME...',
    words: [1, MANY],
    run: (state, { words }) => nothing(confirmKill(state, known(state, words))),
  },
  destroy: {
    usage: 'destroy NAME...',
    words: [1, MANY],
    options: { force: { type: 'boolean' } },
    run: (state, { words }) => {
      const names = known(state, words);
      return only(confirmDestroy(state, names), { type: 'ask', question: { about: 'destroy', names } });
    },
  },
  create: {
    usage: 'create [NAME] [-t TEMPLATE] [--set KEY=VALUE]... [--start]',
    words: [0, 1],
    options: {
      template: { type: 'string', short: 't' },
      set: { type: 'string', multiple: true },
      start: { type: 'boolean' },
    },
    run: createMachine,
  },
  clone: {
    usage: 'clone NAME[@SNAPSHOT] NEW-NAME',
    words: [2, 2],
    run: (state, { words: [source = '', name = ''] }) => {
      known(state, [source.split('@', 1)[0] ?? '']);
      checkMachineName(name);
      return deeds(state, { verb: 'clone', source, name });
    },
  },
  rename: {
    usage: 'rename NAME NEW-NAME',
    words: [2, 2],
    run: (state, { words: [name = '', newName = ''] }) => {
      known(state, [name]);
      checkMachineName(newName);
      return deeds(state, { verb: 'rename', name, newName });
    },
  },
  snapshot: {
    usage: 'snapshot NAME [SNAPSHOT] [-m COMMENT]',
    words: [1, 2],
    options: { comment: { type: 'string', short: 'm' } },
    run: (state, { words: [name = '', snapshot], options }) => {
      if (snapshot !== undefined) checkSnapshotName(snapshot);
      const comment = text(options['comment']);
      return deeds(state, { verb: 'snapshot', name: one(state, name), snapshot, comment });
    },
  },
  restore: {
    usage: 'restore NAME SNAPSHOT',
    words: [2, 2],
    run: (state, { words: [name = '', snapshot = ''] }) =>
      nothing(confirmRestore(state, one(state, name), snapshot)),
  },
  'snapshot-remove': {
    usage: 'snapshot-remove NAME SNAPSHOT',
    words: [2, 2],
    run: (state, { words: [name = '', snapshot = ''] }) =>
      nothing(confirmRemoval(state, one(state, name), snapshot)),
  },
  revert: {
    usage: 'revert NAME PATH [--from NAME@SNAPSHOT]',
    words: [2, 2],
    options: { from: { type: 'string' } },
    run: (state, { words: [name = '', path = ''], options }) =>
      nothing(confirmRevert(state, one(state, name), path, text(options['from'])?.split('@')[1])),
  },
  set: {
    usage: 'set NAME KEY=VALUE...',
    words: [2, MANY],
    run: (state, { words: [name = '', ...words] }) => {
      const settings = collectSettings(words);
      // Whether another one fits may depend on what the machine has.
      const limits = Object.entries(settings).filter(([key]) => limitsAmong([key]).length > 0);
      checkNewSettings(Object.fromEntries(limits));
      return deeds(state, { verb: 'set', name: one(state, name), settings });
    },
  },
  ...fileVerbs,
  console: {
    usage: 'console NAME',
    words: [1, 1],
    harmless: true,
    run: (state, { words: [name = ''] }) =>
      only({ ...state, selected: one(state, name), tab: 'console' }, { type: 'open-console', name }),
  },
  replay: {
    usage: 'replay FILE',
    words: [1, 1],
    harmless: true,
    run: (state, { words: [path = ''] }) => only(state, { type: 'replay', path }),
  },
  select: {
    usage: 'select NAME',
    words: [1, 1],
    harmless: true,
    run: (state, { words: [name = ''] }, now) =>
      nothing(reorder({ ...state, filter: '', selected: one(state, name), movedAt: now, cursors: {} }, now)),
  },
  theme: {
    usage: `theme ${themeNames.join('|')}`,
    words: [1, 1],
    harmless: true,
    run: (state, { words }) => nothing({ ...state, theme: oneOf(themeNames, words[0]) }),
  },
  glyphs: {
    usage: 'glyphs unicode|ascii',
    words: [1, 1],
    harmless: true,
    run: (state, { words }) =>
      nothing({ ...state, glyphs: oneOf<'unicode' | 'ascii'>(['unicode', 'ascii'], words[0]) }),
  },
  sort: {
    usage: `sort ${sortColumns.join('|')}`,
    words: [1, 1],
    harmless: true,
    run: (state, { words }, now) => {
      const column = oneOf(sortColumns, words[0]);
      const sort = { column, down: column !== 'name' && column !== 'state' };
      return nothing(reorder({ ...state, sort, movedAt: Number.NEGATIVE_INFINITY }, now));
    },
  },
  columns: {
    usage: `columns ${columnNames.join(' ')}`,
    words: [1, MANY],
    harmless: true,
    run: (state, { words }) =>
      nothing({ ...state, columns: [...new Set(words.map((word) => oneOf(columnNames, word)))] }),
  },
  tab: {
    usage: `tab ${tabs.join('|')}`,
    words: [1, 1],
    harmless: true,
    run: (state, { words }) => nothing(withTab(state, oneOf<Tab>(tabs, words[0]))),
  },
  filter: {
    usage: 'filter CONDITION...',
    words: [1, MANY],
    harmless: true,
    run: (state, { words }, now) => {
      const filter = words.join(' ');
      return nothing(reorder({ ...state, filter, search: filter, movedAt: Number.NEGATIVE_INFINITY }, now));
    },
  },
};

function createMachine(state: DashboardState, { words: [name], options }: Given): Pressed {
  if (name !== undefined) checkMachineName(name);
  const template = text(options['template']) ?? state.templates[0] ?? '';
  oneOf(state.templates, template);
  const settings = collectSettings((options['set'] ?? []) as readonly string[]);
  checkNewSettings(settings);
  return deeds(state, { verb: 'create', name, template, settings, start: options['start'] === true });
}

function known({ machines }: DashboardState, names: readonly string[]): readonly string[] {
  for (const name of names) {
    oneOf(
      machines.map((machine) => machine.name),
      name,
      'machine',
    );
  }
  return names;
}

function one(state: DashboardState, name: string): string {
  known(state, [name]);
  return name;
}

/** Throws `usage` that tells the nearest one, if there is one, else all. */
function oneOf<T extends string>(all: readonly T[], word: string | undefined, noun = 'choice'): T {
  const found = all.find((name) => name === word);
  if (found !== undefined) return found;
  const meant = nearest(word ?? '', all);
  throw new MachineError('usage', `there is no ${noun} ${JSON.stringify(word ?? '')}`, {
    hint: meant === undefined ? all.slice(0, 20).join(', ') : `did you mean ${meant}?`,
  });
}

function text(value: Given['options'][string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
