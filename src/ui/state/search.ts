/** From one machine that the last search fits to the next. */
import { parseFilter } from './filter.ts';
import { samplesByName } from './machine-order.ts';
import { type Act, hinted, nothing } from './pressed.ts';

/** Of all that are shown: with the filter taken back, those that it fitted are gone to one after the other. */
export function toMatch(step: 1 | -1): Act {
  return (state, now) => {
    const { search, order, machines } = state;
    if (search === '') return hinted(state, 'nothing has been searched for: / shows what fits');
    const samples = samplesByName(state);
    const fits = parseFilter(search);
    const fitting = new Set(
      machines.filter((machine) => fits(machine, samples.get(machine.name))).map(({ name }) => name),
    );
    const at = order.indexOf(state.selected ?? '');
    const around = order.map(
      (_, index) => order[(at + step * (index + 1) + 2 * order.length) % order.length],
    );
    const selected = around.find((name) => name !== undefined && fitting.has(name));
    if (selected === undefined) return hinted(state, `none fits "${search}"`);
    return nothing({ ...state, selected, movedAt: now, cursors: {} });
  };
}
