/** What a start of it would do, step by step. */
import type { PlanStep } from '../../backends/backend.ts';
import { planLines } from '../../presentation/plan-text.ts';
import { definePane, textLines } from './pane.ts';
import { themePaint } from './theme-paint.ts';

export const plan = definePane<readonly PlanStep[]>({
  tab: 'plan',
  title: 'Plan',
  place: 'detail',
  choosable: false,
  load: async (machines, name) => machines.plan(name),
  lines: ({ value, theme }) => textLines(planLines(value, themePaint(theme))),
});
