/** Marks: what actions are done to in one go. Pure. */
import { moveInList } from './move.ts';
import { type Act, nothing } from './pressed.ts';

export const mark: Act = (state, now) => {
  if (state.selected === undefined) return nothing(state);
  const marks = new Set(state.marks);
  if (!marks.delete(state.selected)) marks.add(state.selected);
  return nothing(moveInList({ ...state, marks }, 'down', now));
};

export const markRange: Act = (state) => {
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

export const markAll: Act = (state) => nothing({ ...state, marks: new Set(state.order) });

export const unmark: Act = (state) => nothing({ ...state, marks: new Set(), anchor: undefined });
