/** What a start of it would do, step by step. */
import type { PlanStep } from '../../backends/backend.ts';
import { planLines } from '../../presentation/lines/plan-text.ts';
import { wrapWords } from '../row-text.ts';
import type { Role, Theme } from '../theme.ts';
import { definePane, textLines } from './pane.ts';

export const plan = definePane<readonly PlanStep[]>({
  tab: 'plan',
  title: 'Plan',
  place: 'detail',
  choosable: false,
  load: (machines, name) => machines.plan(name),
  lines: ({ value, theme, width }) =>
    textLines(planLines(value, (_, text) => text).flatMap((line) => inWidth(line, theme, width))),
});

/** A step stands behind its number, its explanation below it, a section's title at the edge. */
function inWidth(line: string, theme: Theme, width: number): readonly string[] {
  if (line === '') return [''];
  const role: Role | undefined = line.startsWith('      ')
    ? 'dim'
    : line.startsWith(' ')
      ? undefined
      : 'title';
  return wrapWords(line, width, role === undefined ? '    ' : '').map((text) => theme.paint(role, text));
}
