/** A launch plan in words a person reads: what each step does, and why. */
import type { PlanStep } from '../backend.ts';
import { nameOfRule } from './cgroups/devices/default-rules.ts';
import { rulesOfProgram } from './cgroups/devices/device-program.ts';
import { formatRule } from './cgroups/devices/device-rule.ts';
import { marksOfProgram } from './cgroups/marks/mark-program.ts';
import type { LaunchPlan, Operation, OperationName } from './operations.ts';
import type { Explain } from './plan-steps/explain.ts';
import { explainInside } from './plan-steps/inside.ts';
import { explainMachine } from './plan-steps/machine.ts';
import { explainOutside } from './plan-steps/outside.ts';
import { describeFilter } from './seccomp/filters.ts';

const SECTIONS = ['machine', 'outside', 'inside'] as const;

const EXPLANATIONS: Readonly<Record<OperationName, Explain>> = {
  ...explainMachine,
  ...explainOutside,
  ...explainInside,
};

export function explainPlan(plan: LaunchPlan): readonly PlanStep[] {
  return SECTIONS.flatMap((section) =>
    plan[section].map((operation, index) => {
      const args = readableArguments(operation);
      const explanation = EXPLANATIONS[operation.operation](args);
      return { section, index, operation: operation.operation, arguments: args, explanation };
    }),
  );
}

/**
 * Thousands of hexadecimal digits say nothing to anybody: a filter is shown as its name and size, the program of a group as what it
 * allows or writes.
 */
function readableArguments({ operation, arguments: args }: Operation): readonly string[] {
  if (operation === 'cgroup-devices') return [args[0] ?? '', ...allowedBy(args[1] ?? '')];
  if (operation === 'cgroup-marks') return [args[0] ?? '', ...markedBy(args[1] ?? '')];
  if (operation !== 'seccomp') return args;
  const { name, instructions } = describeFilter(args[0] ?? '');
  return [name, `${instructions} instructions`];
}

function allowedBy(program: string): readonly string[] {
  return rulesOfProgram(program)?.map((rule) => nameOfRule(formatRule(rule))) ?? ['an unknown program'];
}

function markedBy(program: string): readonly string[] {
  const marks = marksOfProgram(program);
  if (marks === undefined) return ['an unknown program'];
  return [
    ...(marks.mark === 0 ? [] : [`mark 0x${marks.mark.toString(16)}`]),
    ...[...marks.priorities].map(([index, priority]) => `priority ${priority} on interface ${index}`),
  ];
}
