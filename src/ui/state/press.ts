/** What a key does where no dialog is open. Pure: what the state alone cannot do is given back as effects. */
import { commandLine, type Deed } from '../deeds/deed.ts';
import type { Confirmation, Dialog, FormDialog } from '../dialogs/dialog.ts';
import type { FormName } from '../dialogs/forms.ts';
import { type Action, bindingOf } from '../keys.ts';
import { type DashboardState, selectedMachine, sortColumns, tabs } from './dashboard-state.ts';
import { reorder } from './machine-order.ts';
import { chosenLine, moveInDetail, moveInList, type Step } from './move.ts';

export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' }
  /** Look again at what is shown. */
  | { readonly type: 'refresh' }
  | { readonly type: 'deeds'; readonly deeds: readonly Deed[] }
  | { readonly type: 'break-off' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'open-console'; readonly name: string }
  | { readonly type: 'shell'; readonly name: string };

export interface Pressed {
  readonly state: DashboardState;
  readonly effects: readonly Effect[];
}

/** @param now milliseconds of the monotonic clock */
type Act = (state: DashboardState, now: number) => Pressed;

export const nothing = (state: DashboardState): Pressed => ({ state, effects: [] });
const only = (state: DashboardState, ...effects: Effect[]): Pressed => ({ state, effects });

const move =
  (step: Step): Act =>
  (state, now) =>
    nothing(state.focus === 'list' ? moveInList(state, step, now) : moveInDetail(state, step));

const tabBy =
  (step: 1 | -1): Act =>
  (state) => {
    const place = tabs.indexOf(state.tab) + step + tabs.length;
    return nothing({ ...state, tab: tabs[place % tabs.length] ?? state.tab });
  };

const switchPane: Act = (state) => nothing({ ...state, focus: state.focus === 'list' ? 'detail' : 'list' });

const sortBy =
  (step: 1 | -1): Act =>
  (state, now) => {
    const place = (sortColumns.indexOf(state.sort.column) + step + sortColumns.length) % sortColumns.length;
    const column = sortColumns[place] ?? 'name';
    return resorted({ ...state, sort: { column, down: column !== 'name' && column !== 'state' } }, now);
  };

/** Who sorts wants to see it at once. */
function resorted(state: DashboardState, now: number): Pressed {
  return nothing(reorder({ ...state, movedAt: Number.NEGATIVE_INFINITY }, now));
}

/** The marked ones, else the selected one. */
export function targets(state: DashboardState): readonly string[] {
  if (state.marks.size > 0) return state.order.filter((name) => state.marks.has(name));
  return state.selected === undefined ? [] : [state.selected];
}

const each =
  (deedOf: (name: string, state: DashboardState) => Deed): Act =>
  (state) => {
    const deeds = targets(state).map((name) => deedOf(name, state));
    return deeds.length === 0 ? nothing(state) : only(state, { type: 'deeds', deeds });
  };

const simple = (verb: 'start' | 'stop' | 'restart'): Act => each((name) => ({ verb, name }));

const freezeOrThaw: Act = each((name, { machines }) => {
  const state = machines.find((machine) => machine.name === name)?.state;
  return { verb: state === 'frozen' || state === 'freezing' ? 'unfreeze' : 'freeze', name };
});

export function withDialog(state: DashboardState, dialog: Dialog): DashboardState {
  return { ...state, dialogs: [...state.dialogs, dialog] };
}

const form =
  (
    name: FormName,
    subjectOf: (state: DashboardState) => string | undefined = ({ selected }) => selected,
  ): Act =>
  (state) => {
    const subject = name === 'create' ? '' : subjectOf(state);
    if (subject === undefined) return nothing(state);
    const dialog: FormDialog = {
      kind: 'form',
      form: name,
      subject,
      values: {},
      field: 0,
      problem: undefined,
    };
    return nothing(withDialog(state, dialog));
  };

function confirm(
  state: DashboardState,
  asked: Pick<Confirmation, 'title' | 'lines' | 'deeds' | 'wanted'>,
): Pressed {
  if (asked.deeds.length === 0) return nothing(state);
  return nothing(
    withDialog(state, { kind: 'confirm', ...asked, leaves: false, typed: '', answer: 'cancel' }),
  );
}

const destroy: Act = (state) => {
  const names = targets(state);
  const [first = ''] = names;
  return confirm(state, {
    title: names.length === 1 ? `Destroy ${first}?` : `Destroy ${names.length} machines?`,
    lines: [...names.flatMap((name) => blastRadius(state, name)), 'To the trash: z brings it back.'],
    deeds: names.map((name) => ({ verb: 'destroy', name })),
    wanted: names.length === 1 ? first : String(names.length),
  });
};

function blastRadius(state: DashboardState, name: string): readonly string[] {
  const machine = state.machines.find((candidate) => candidate.name === name);
  if (machine === undefined) return [];
  const parts = [
    machine.pid === null ? 'stopped' : `${machine.state}, it will be killed`,
    `${machine.snapshots} ${machine.snapshots === 1 ? 'snapshot' : 'snapshots'} go with it`,
    ...(state.consoles.includes(name) ? ['its console is open here'] : []),
  ];
  return [`${name}: ${parts.join(', ')}`];
}

const kill: Act = (state) => {
  const names = targets(state);
  return confirm(state, {
    title: names.length === 1 ? `Kill ${names[0]}?` : `Kill ${names.length} machines?`,
    lines: ['Every process ends at once; what was not written is lost.', names.join(' ')],
    deeds: names.map((name) => ({ verb: 'kill', name })),
    wanted: undefined,
  });
};

const onChosen =
  (ask: (state: DashboardState, name: string, snapshot: string) => Pressed): Act =>
  (state) => {
    const [name, snapshot] = [state.selected, chosenLine(state)];
    return name === undefined || snapshot === undefined ? nothing(state) : ask(state, name, snapshot);
  };

const restore = onChosen((state, name, snapshot) =>
  confirm(state, {
    title: `Put ${name} back to ${snapshot}?`,
    lines: ['What it is now is kept as an automatic snapshot. It must be stopped.'],
    deeds: [{ verb: 'restore', name, snapshot }],
    wanted: undefined,
  }),
);

const removeSnapshot = onChosen((state, name, snapshot) =>
  confirm(state, {
    title: `Remove snapshot ${snapshot} of ${name}?`,
    lines: ['To the trash: z brings it back.'],
    deeds: [{ verb: 'snapshot-remove', name, snapshot }],
    wanted: undefined,
  }),
);

const chosenSnapshot = (state: DashboardState): string | undefined => {
  const snapshot = chosenLine(state);
  return snapshot === undefined ? undefined : `${state.selected}@${snapshot}`;
};

const revert = onChosen((state, name, path) =>
  confirm(state, {
    title: `Put ${path} back?`,
    lines: [
      `It becomes what it is in the image of ${name}. What it is now goes to the trash. It must be stopped.`,
    ],
    deeds: [{ verb: 'revert', name, path }],
    wanted: undefined,
  }),
);

const mark: Act = (state, now) => {
  if (state.selected === undefined) return nothing(state);
  const marks = new Set(state.marks);
  if (!marks.delete(state.selected)) marks.add(state.selected);
  return nothing(moveInList({ ...state, marks }, 'down', now));
};

const markRange: Act = (state) => {
  const { anchor, order, selected } = state;
  if (selected === undefined) return nothing(state);
  if (anchor === undefined)
    return nothing({ ...state, anchor: selected, marks: new Set([...state.marks, selected]) });
  const [from = 0, to = 0] = [order.indexOf(anchor), order.indexOf(selected)].sort((a, b) => a - b);
  return nothing({
    ...state,
    anchor: undefined,
    marks: new Set([...state.marks, ...order.slice(from, to + 1)]),
  });
};

/** Up one level; at the list it does no more than clear what narrows it. */
const back: Act = (state, now) => {
  if (state.focus !== 'list') return nothing({ ...state, focus: 'list' });
  if (state.zoomed) return nothing({ ...state, zoomed: false });
  if (state.filter !== '') return nothing(reorder({ ...state, filter: '' }, now));
  return nothing({ ...state, marks: new Set(), anchor: undefined, notice: undefined });
};

const quit: Act = (state, now) => {
  if (state.focus !== 'list' || state.zoomed) return back(state, now);
  const live = state.consoles.length;
  if (live === 0 && state.jobs.length === 0) return only(state, { type: 'quit' });
  const lines = [
    ...(live > 0 ? [`${live} ${live === 1 ? 'console is' : 'consoles are'} open; the machines go on.`] : []),
    ...(state.jobs.length > 0 ? [`${state.jobs.length} actions are broken off and undone.`] : []),
  ];
  return nothing(
    withDialog(state, {
      kind: 'confirm',
      title: 'Leave?',
      lines,
      deeds: [],
      leaves: true,
      wanted: undefined,
      typed: '',
      answer: 'cancel',
    }),
  );
};

const open: Act = (state) => {
  if (state.focus === 'list') return nothing({ ...state, focus: 'detail' });
  return state.tab === 'console' ? openConsole(state, 0) : nothing(state);
};

const openConsole: Act = (state) => {
  const machine = selectedMachine(state);
  if (machine === undefined) return nothing(state);
  return only({ ...state, tab: 'console' }, { type: 'open-console', name: machine.name });
};

const copy: Act = (state) => {
  const words = state.notice?.words ?? state.lastWords;
  return words === undefined
    ? nothing({ ...state, notice: { kind: 'hint', text: 'nothing has been done yet', words: undefined } })
    : only(state, { type: 'copy', text: commandLine(words) });
};

const acts: Readonly<Record<Action, Act>> = {
  down: move('down'),
  up: move('up'),
  first: move('first'),
  last: move('last'),
  'page-up': move('page-up'),
  'page-down': move('page-down'),
  'next-pane': switchPane,
  'previous-pane': switchPane,
  'next-tab': tabBy(1),
  'previous-tab': tabBy(-1),
  open,
  back,
  quit,
  suspend: (state) => only(state, { type: 'suspend' }),
  redraw: (state) => only(state, { type: 'redraw' }, { type: 'refresh' }),
  filter: (state) =>
    nothing(withDialog({ ...state, focus: 'list' }, { kind: 'filter', before: state.filter })),
  'next-match': (state, now) => nothing(moveInList(state, 'down', now)),
  'previous-match': (state, now) => nothing(moveInList(state, 'up', now)),
  palette: (state) => nothing(withDialog(state, { kind: 'palette', text: '', index: 0 })),
  help: (state) => nothing(withDialog(state, { kind: 'help', top: 0 })),
  zoom: (state) => nothing({ ...state, zoomed: !state.zoomed }),
  'sort-previous': sortBy(-1),
  'sort-next': sortBy(1),
  'sort-reverse': (state, now) =>
    resorted({ ...state, sort: { ...state.sort, down: !state.sort.down } }, now),
  pause: (state) => nothing({ ...state, paused: !state.paused }),
  copy,
  mouse: (state) => nothing({ ...state, mouse: !state.mouse }),
  'read-only': (state) => nothing(state.lockedReadOnly ? state : { ...state, readOnly: !state.readOnly }),
  mark,
  'mark-range': markRange,
  'mark-all': (state) => nothing({ ...state, marks: new Set(state.order) }),
  unmark: (state) => nothing({ ...state, marks: new Set(), anchor: undefined }),
  create: form('create'),
  start: simple('start'),
  stop: simple('stop'),
  restart: simple('restart'),
  freeze: freezeOrThaw,
  kill,
  console: openConsole,
  shell: (state) =>
    state.selected === undefined ? nothing(state) : only(state, { type: 'shell', name: state.selected }),
  snapshot: form('snapshot'),
  clone: form('clone'),
  limits: form('limits'),
  rename: form('rename'),
  destroy,
  undo: (state) => only(state, { type: 'deeds', deeds: [{ verb: 'undo' }] }),
  restore,
  'remove-snapshot': removeSnapshot,
  'clone-snapshot': form('clone', chosenSnapshot),
  'diff-snapshot': nothing,
  revert,
};

export function act(state: DashboardState, action: Action, now: number): Pressed {
  if (bindingOf(action).writes === true && state.readOnly) {
    const text = 'read-only: nothing is changed';
    return nothing({ ...state, notice: { kind: 'hint', text, words: undefined } });
  }
  // What was said before has been read.
  return acts[action](
    state.notice === undefined || action === 'copy' ? state : { ...state, notice: undefined },
    now,
  );
}
