/** What a key does where no dialog is open. Pure: what the state alone cannot do is given back as effects. */
import type { Deed } from '../deeds/deed.ts';
import type { FormName } from '../dialogs/dialog.ts';
import { formDialog } from '../dialogs/forms.ts';
import type { Action } from '../keys.ts';
import { askDestroy, askKill, askRemoval, askRestore, askRevert, askToLeave, noSnapshot } from './ask.ts';
import { chartBy, isAlone, oneChart } from './choose-chart.ts';
import {
  comparedWith,
  type DashboardState,
  detailKey,
  selectedMachine,
  sortColumns,
  tabs,
} from './dashboard-state.ts';
import { reorder } from './machine-order.ts';
import { mark, markAll, markRange, unmark } from './mark.ts';
import { chosenLine, moveInDetail, moveInList, type Step, withTab } from './move.ts';
import { steppedTo } from './past.ts';
import { type Act, hinted, nothing, only, type Pressed, targets, withDialog } from './pressed.ts';
import { type ReplayDeed, seenReplay } from './replay-view.ts';
import { toMatch } from './search.ts';
import { isGrid, leaveGrid } from './show-consoles.ts';
import { whyNot } from './why-not.ts';

export { type Effect, nothing, type Pressed, targets, withDialog } from './pressed.ts';

const move =
  (step: Step): Act =>
  (state, now) =>
    nothing(state.focus === 'list' ? moveInList(state, step, now) : moveInDetail(state, step));

const tabBy =
  (step: 1 | -1): Act =>
  (state) => {
    const place = tabs.indexOf(state.tab) + step + tabs.length;
    return nothing(withTab(state, tabs[place % tabs.length] ?? state.tab));
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

const form =
  (name: FormName, subjectsOf: (state: DashboardState) => readonly string[]): Act =>
  (state) => {
    const subjects = subjectsOf(state);
    return subjects.length === 0 ? nothing(state) : nothing(withDialog(state, formDialog(name, subjects)));
  };

const selectedOne = ({ selected }: DashboardState): readonly string[] =>
  selected === undefined ? [] : [selected];

const chosenSnapshot = (state: DashboardState): readonly string[] => {
  const snapshot = chosenLine(state);
  return snapshot === undefined ? [] : [`${state.selected}@${snapshot}`];
};

/** What they are now has to be looked up. */
const limits: Act = (state) => {
  const names = targets(state);
  return names.length === 0
    ? nothing(state)
    : only(state, { type: 'ask', question: { about: 'limits', names } });
};

/** What has changed since the chosen snapshot is the Changes tab's matter. */
const compare: Act = (state) => {
  const [name, snapshot] = [state.selected, chosenLine(state)];
  if (name === undefined || snapshot === undefined) return hinted(state, noSnapshot);
  return compareWith({ ...state, tab: 'changes', compared: { name, snapshot } }, name);
};

function compareWith(state: DashboardState, name: string): Pressed {
  const details = new Map(state.details);
  details.delete(detailKey('changes', name));
  return only(
    { ...state, details, cursors: { ...state.cursors, changes: { line: 0, top: 0 } } },
    { type: 'look-again', name },
  );
}

/** Up one level; at the list it does no more than clear what narrows it. */
const back: Act = (state, now) => {
  const { selected } = state;
  if (state.focus === 'detail' && state.tab === 'changes' && selected !== undefined && comparedWith(state)) {
    return compareWith({ ...state, compared: undefined }, selected);
  }
  if (state.focus !== 'list' && state.tab === 'console' && state.view.grid.length > 1)
    return nothing(leaveGrid(state));
  if (isAlone(state)) return oneChart(state, now);
  if (state.focus !== 'list') return nothing({ ...state, focus: 'list' });
  if (state.zoomed) return nothing({ ...state, zoomed: false });
  if (state.filter !== '') return nothing(reorder({ ...state, filter: '' }, now));
  return nothing({ ...state, marks: new Set(), anchor: undefined, notice: undefined });
};

const quit: Act = (state, now) => {
  if (state.focus !== 'list' || state.zoomed) return back(state, now);
  return askToLeave(state, now);
};

const open: Act = (state) => {
  if (state.focus === 'list') return nothing({ ...state, focus: 'detail' });
  if (state.tab === 'console') return openConsole(state, 0);
  return state.tab === 'changes' ? showFile(state) : nothing(state);
};

function showFile(state: DashboardState): Pressed {
  const [name, path] = [state.selected, chosenLine(state)];
  if (name === undefined || path === undefined) return nothing(state);
  const snapshot = comparedWith(state);
  const sources =
    snapshot === undefined ? { from: name, to: undefined } : { from: `${name}@${snapshot}`, to: name };
  return only(state, { type: 'ask', question: { about: 'file', ...sources, path } });
}

const openConsole: Act = (state) => {
  const { current } = state.view;
  if (state.focus === 'detail' && isGrid(state) && current !== undefined)
    return only(state, { type: 'open-console', name: current });
  const machine = selectedMachine(state);
  if (machine === undefined) return nothing(state);
  return only({ ...state, tab: 'console' }, { type: 'open-console', name: machine.name });
};

/** Of those that are marked, else those that are open. */
const openGrid: Act = (state) => {
  const marked = state.machines.filter(({ name, pid }) => state.marks.has(name) && pid !== null);
  const names = state.marks.size > 0 ? marked.map(({ name }) => name) : state.consoles;
  if (names.length > 0) return only(state, { type: 'open-grid', names });
  return hinted(state, 'no console to show: mark machines that run, or open consoles with c');
};

const copy: Act = (state) => {
  const command = state.notice?.command ?? state.lastCommand;
  return command === undefined
    ? nothing({ ...state, notice: { kind: 'hint', text: 'nothing has been done yet', command: undefined } })
    : only(state, { type: 'copy', text: command });
};

/** In samples, of which there is one a second. */
const HALF_A_MINUTE = 30;

function inTime(step: number): Act {
  return (state) => nothing({ ...state, lookedAt: steppedTo(state.past, state.lookedAt, step) });
}

/** Seconds. */
const [A_STEP, A_MINUTE] = [5, 60];

function onReplay(deed: ReplayDeed): Act {
  return (state) =>
    seenReplay(state) === undefined
      ? hinted(state, 'no recording is played here: P plays one')
      : only(state, { type: 'replay-deed', deed });
}

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
  'tab-overview': (state) => nothing(withTab(state, 'overview')),
  'tab-console': (state) => nothing(withTab(state, 'console')),
  'tab-charts': (state) => nothing(withTab(state, 'charts')),
  'tab-processes': (state) => nothing(withTab(state, 'processes')),
  'tab-snapshots': (state) => nothing(withTab(state, 'snapshots')),
  'tab-changes': (state) => nothing(withTab(state, 'changes')),
  'tab-events': (state) => nothing(withTab(state, 'events')),
  'tab-plan': (state) => nothing(withTab(state, 'plan')),
  open,
  back,
  quit,
  'break-off': (state) => only(state, { type: 'break-off' }),
  suspend: (state) => only(state, { type: 'suspend' }),
  redraw: (state) => only(state, { type: 'redraw' }, { type: 'refresh' }),
  filter: (state) =>
    nothing(withDialog({ ...state, focus: 'list' }, { kind: 'filter', before: state.filter })),
  'next-match': toMatch(1),
  'previous-match': toMatch(-1),
  palette: (state) => nothing(withDialog(state, { kind: 'palette', text: '', index: 0 })),
  help: (state) => nothing(withDialog(state, { kind: 'help', top: 0, search: '', typing: false })),
  zoom: (state) => nothing({ ...state, zoomed: !state.zoomed }),
  'sort-previous': sortBy(-1),
  'sort-next': sortBy(1),
  'sort-reverse': (state, now) =>
    resorted({ ...state, sort: { ...state.sort, down: !state.sort.down } }, now),
  columns: (state) => nothing(withDialog(state, { kind: 'columns', index: 0 })),
  pause: (state) => nothing({ ...state, paused: !state.paused }),
  copy,
  mouse: (state) => nothing({ ...state, mouse: !state.mouse }),
  'read-only': (state) => nothing(state.lockedReadOnly ? state : { ...state, readOnly: !state.readOnly }),
  mark,
  'mark-range': markRange,
  'mark-all': markAll,
  unmark,
  create: form('create', () => ['']),
  start: simple('start'),
  stop: simple('stop'),
  restart: simple('restart'),
  freeze: freezeOrThaw,
  kill: askKill,
  console: openConsole,
  'console-grid': openGrid,
  shell: (state) =>
    state.selected === undefined ? nothing(state) : only(state, { type: 'shell', name: state.selected }),
  'shell-here': (state) =>
    state.selected === undefined ? nothing(state) : only(state, { type: 'shell-here', name: state.selected }),
  snapshot: form('snapshot', targets),
  clone: form('clone', selectedOne),
  limits: limits,
  rename: form('rename', selectedOne),
  destroy: askDestroy,
  undo: (state) => only(state, { type: 'deeds', deeds: [{ verb: 'undo' }] }),
  'next-chart': chartBy(1),
  'previous-chart': chartBy(-1),
  'one-chart': oneChart,
  earlier: inTime(-1),
  later: inTime(1),
  'much-earlier': inTime(-HALF_A_MINUTE),
  'much-later': inTime(HALF_A_MINUTE),
  earliest: inTime(Number.NEGATIVE_INFINITY),
  now: inTime(Number.POSITIVE_INFINITY),
  restore: askRestore,
  'remove-snapshot': askRemoval,
  'clone-snapshot': (state, now) =>
    chosenLine(state) === undefined ? hinted(state, noSnapshot) : form('clone', chosenSnapshot)(state, now),
  'diff-snapshot': compare,
  revert: askRevert,
  replay: (state) => only(state, { type: 'choose-replay' }),
  'replay-toggle': onReplay({ type: 'toggle' }),
  'replay-back': onReplay({ type: 'seek', by: -A_STEP }),
  'replay-forward': onReplay({ type: 'seek', by: A_STEP }),
  'replay-far-back': onReplay({ type: 'seek', by: -A_MINUTE }),
  'replay-far-forward': onReplay({ type: 'seek', by: A_MINUTE }),
  'replay-step': onReplay({ type: 'step' }),
  'replay-slower': onReplay({ type: 'slower' }),
  'replay-faster': onReplay({ type: 'faster' }),
  'replay-start': onReplay({ type: 'start' }),
  'replay-end': onReplay({ type: 'end' }),
  'replay-close': onReplay({ type: 'close' }),
};

export function act(state: DashboardState, action: Action, now: number): Pressed {
  const refusal = whyNot(action, state);
  if (refusal !== undefined) return hinted(state, refusal);
  // What was said before has been read.
  return acts[action](
    state.notice === undefined || action === 'copy' ? state : { ...state, notice: undefined },
    now,
  );
}
