/** What is asked before it is done: what cannot be taken back easily. Pure. */
import type { Dialog } from '../dialogs/dialog.ts';
import { comparedWith, type DashboardState, selectedMachine } from './dashboard-state.ts';
import { chosenLine } from './move.ts';
import { type Act, confirm, hinted, nothing, only, type Pressed, targets, withDialog } from './pressed.ts';

/** It opens at once, so that what is typed next goes into it; what goes with each machine is looked up meanwhile. */
export const askDestroy: Act = (state) => {
  const names = targets(state);
  if (names.length === 0) return nothing(state);
  return only(confirmDestroy(state, names), { type: 'ask', question: { about: 'destroy', names } });
};

export function confirmDestroy(state: DashboardState, names: readonly string[]): DashboardState {
  const [first = ''] = names;
  return confirm(state, {
    title: names.length === 1 ? `Destroy ${first}?` : `Destroy ${names.length} machines?`,
    lines: [...names.map((name) => `${name}: looking at what goes with it`), afterDestroy],
    deeds: names.map((name) => ({ verb: 'destroy', name })),
    wanted: names.length === 1 ? first : String(names.length),
  });
}

const afterDestroy = 'To the trash: z brings it back.';

/** @param radius a line for each machine: what it takes with it */
export function withRadius(
  state: DashboardState,
  names: readonly string[],
  radius: readonly string[],
): DashboardState {
  const isIt = (dialog: Dialog): boolean =>
    dialog.kind === 'confirm' &&
    dialog.deeds.every((deed, index) => deed.verb === 'destroy' && deed.name === names[index]) &&
    dialog.deeds.length === names.length;
  return {
    ...state,
    dialogs: state.dialogs.map((dialog) =>
      isIt(dialog) && dialog.kind === 'confirm' ? { ...dialog, lines: [...radius, afterDestroy] } : dialog,
    ),
  };
}

export const askKill: Act = (state) => nothing(confirmKill(state, targets(state)));

export function confirmKill(state: DashboardState, names: readonly string[]): DashboardState {
  return confirm(state, {
    title: names.length === 1 ? `Kill ${names[0]}?` : `Kill ${names.length} machines?`,
    lines: ['Every process ends at once; what was not written is lost.', names.join(' ')],
    deeds: names.map((name) => ({ verb: 'kill', name })),
    wanted: undefined,
  });
}

export const noSnapshot = 'no snapshot is chosen';

const onChosen =
  (none: string, ask: (state: DashboardState, name: string, line: string) => DashboardState): Act =>
  (state) => {
    const [name, line] = [state.selected, chosenLine(state)];
    return name === undefined || line === undefined ? hinted(state, none) : nothing(ask(state, name, line));
  };

/** What needs a stopped machine is not even asked of one that runs. */
const onStopped =
  (act: Act): Act =>
  (state): Pressed => {
    const machine = selectedMachine(state);
    return machine === undefined || machine.pid === null
      ? act(state, 0)
      : hinted(state, `${machine.name} runs: s stops it first`);
  };

export function confirmRestore(state: DashboardState, name: string, snapshot: string): DashboardState {
  return confirm(state, {
    title: `Put ${name} back to ${snapshot}?`,
    lines: ['What it is now is kept as an automatic snapshot.'],
    deeds: [{ verb: 'restore', name, snapshot }],
    wanted: undefined,
  });
}

export function confirmRemoval(state: DashboardState, name: string, snapshot: string): DashboardState {
  return confirm(state, {
    title: `Remove snapshot ${snapshot} of ${name}?`,
    lines: ['To the trash: z brings it back.'],
    deeds: [{ verb: 'snapshot-remove', name, snapshot }],
    wanted: undefined,
  });
}

/** @param from the snapshot that it becomes again as in; undefined: its image */
export function confirmRevert(
  state: DashboardState,
  name: string,
  path: string,
  from: string | undefined,
): DashboardState {
  const source = from === undefined ? `the image of ${name}` : `${name}@${from}`;
  return confirm(state, {
    title: `Put ${path} back?`,
    lines: [`It becomes what it is in ${source}. What it is now goes to the trash: z brings it back.`],
    deeds: [{ verb: 'revert', name, path, from }],
    wanted: undefined,
  });
}

export const askRestore = onStopped(onChosen(noSnapshot, confirmRestore));
export const askRemoval = onChosen(noSnapshot, confirmRemoval);
export const askRevert = onStopped(
  onChosen('no path is chosen', (state, name, path) => confirmRevert(state, name, path, comparedWith(state))),
);

export const askToLeave: Act = (state) => {
  const [live, busy] = [state.consoles.length, state.jobs.length];
  if (live === 0 && busy === 0) return only(state, { type: 'quit' });
  const lines = [
    ...(live > 0 ? [`${live} ${live === 1 ? 'console is' : 'consoles are'} open; the machines go on.`] : []),
    ...(busy > 0 ? [`${busy} ${busy === 1 ? 'action is' : 'actions are'} broken off and undone.`] : []),
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
