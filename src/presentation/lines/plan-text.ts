/** A launch plan for people: numbered as a failure names its steps. Pure. */
import type { PlanStep } from '../../backends/backend.ts';
import type { Paint } from '../paint.ts';
import { visible } from '../plain-text.ts';

const titles: Readonly<Record<PlanStep['section'], string>> = {
  machine: 'machine: what the monitor needs',
  outside: "outside: done in the host's namespaces",
  inside: "inside: done by init-to-be, in the machine's namespaces",
};

/** A BPF program or a long text says nothing in full; --json has it. */
const longestArgument = 60;

export function planLines(steps: readonly PlanStep[], paint: Paint): readonly string[] {
  const lines: string[] = [];
  let section: string | undefined;
  for (const step of steps) {
    if (step.section !== section) {
      lines.push(...(section === undefined ? [] : ['']), paint('bold', titles[step.section]));
      section = step.section;
    }
    lines.push(...stepLines(step, paint));
  }
  return lines;
}

function stepLines(step: PlanStep, paint: Paint): readonly string[] {
  const number = String(step.index).padStart(4);
  const words = [step.operation, ...step.arguments.map(shortArgument)].join(' ');
  return [`${number}  ${words}`, `      ${paint('dim', visible(step.explanation))}`];
}

function shortArgument(argument: string): string {
  const text = visible(argument);
  const cut = text.length > longestArgument ? `${text.slice(0, longestArgument)}...` : text;
  return /^[^\s"']+$/.test(cut) ? cut : JSON.stringify(cut);
}
