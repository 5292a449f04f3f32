/** The machine as it is stored and as the kernel has it: the glass box, what slows it first. */
import { lookAt, type ShownMachine } from '../../machines/shown-machine.ts';
import { infoLines } from '../../presentation/info/info-lines.ts';
import { whySlow } from '../../presentation/usage/why-slow.ts';
import { samplesByName } from '../state/machine-order.ts';
import { definePane, textLines } from './pane.ts';
import { themePaint } from './theme-paint.ts';

interface Overview {
  readonly shown: ShownMachine;
  readonly settings: Readonly<Record<string, string>>;
}

export const overview = definePane<Overview>({
  tab: 'overview',
  title: 'Overview',
  place: 'detail',
  choosable: false,
  load: async (machines, name) => ({
    shown: await lookAt(machines, name),
    settings: machines.settings(name),
  }),
  lines: ({ value: { shown, settings }, machine, state, theme, now }) => {
    const sample = samplesByName(state).get(machine.name);
    const why =
      sample === undefined || state.sample === undefined ? undefined : whySlow(sample, state.sample.host);
    const slow = why === undefined ? [] : [theme.paint('warning', `why slow: ${why}`), ''];
    return textLines([...slow, ...infoLines(shown, settings, now, themePaint(theme))]);
  },
});
