/** What matters of a machine first: its state, what slows it, what it uses of what it may use. Then the glass box. */

import { lookAt, type ShownMachine } from '../../machines/looking/shown-machine.ts';
import type { MachineSummary } from '../../machines/machines.ts';
import { infoLines } from '../../presentation/info/info-lines.ts';
import { exitWords } from '../../presentation/lines/exit-words.ts';
import { visible } from '../../presentation/plain-text.ts';
import { formatDuration } from '../../presentation/units.ts';
import { whySlow } from '../../presentation/usage/why-slow.ts';
import { wrapWords } from '../row-text.ts';
import { samplesByName } from '../state/machine-order.ts';
import { stateRoles, type Theme } from '../theme.ts';
import { definePane, textLines } from './pane.ts';
import { themePaint } from './theme-paint.ts';
import { usageBars } from './usage-bars.ts';

interface Overview {
  readonly shown: ShownMachine;
  readonly settings: Readonly<Record<string, string>>;
}

export const overview = definePane<Overview>({
  tab: 'overview',
  title: 'Overview',
  place: 'detail',
  choosable: false,
  load: async (machines, name) => {
    const [shown, settings] = await Promise.all([lookAt(machines, name), machines.settings(name)]);
    return { shown, settings };
  },
  lines: ({ value: { shown, settings }, machine, state, theme, width, now }) => {
    const sample = samplesByName(state).get(machine.name);
    const use =
      sample === undefined || state.sample === undefined
        ? []
        : [
            ...reason(whySlow(sample, state.sample.host), theme, width),
            ...usageBars(sample, state.sample.host, theme, width),
          ];
    return textLines([
      stateLine(machine, shown, theme, now),
      ...wrapWords(visible(shown.problem ?? ''), width).map((text) => theme.paint('danger', text)),
      ...use,
      '',
      ...infoLines(shown, settings, now, themePaint(theme), width),
    ]);
  },
});

function stateLine(
  { state, startedAt }: MachineSummary,
  { lastExit, privileged }: ShownMachine,
  theme: Theme,
  now: number,
): string {
  const since = startedAt === null ? NaN : (now - Date.parse(startedAt)) / 1000;
  const parts = [
    theme.paint(stateRoles[state], `${theme.glyphs.states[state]} ${state}`),
    ...(since >= 0 ? [`for ${formatDuration(since)}`] : []),
    ...(startedAt === null && lastExit !== null ? [theme.paint('dim', visible(exitWords(lastExit)))] : []),
    ...(privileged ? [theme.paint('danger', 'PRIVILEGED')] : []),
  ];
  return parts.join('  ');
}

function reason(why: string | undefined, theme: Theme, width: number): readonly string[] {
  if (why === undefined) return [theme.paint('dim', 'why slow: nothing holds it back')];
  return wrapWords(`why slow: ${visible(why)}`, width, '  ').map((text) => theme.paint('warning', text));
}
