/** Its console: the cells come from a terminal of its own (consoles/) and lie over this pane; without one, how to open it. */
import { leaveKeys } from './console-box.ts';
import { definePane } from './pane.ts';

export const console = definePane<undefined>({
  tab: 'console',
  title: 'Console',
  place: 'detail',
  choosable: false,
  load: undefined,
  lines: ({ machine, state, theme }) => {
    if (state.view.about.has(machine.name)) return [];
    const words =
      machine.pid === null
        ? 'it does not run: b starts it'
        : `c or Enter opens its console; ${leaveKeys(state.leader)} leaves it`;
    return [{ text: theme.paint('dim', words) }];
  },
});
