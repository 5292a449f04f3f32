import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { PlanStep } from '../../../src/backends/backend.ts';

const FOLDER = fileURLToPath(new URL('../../golden/', import.meta.url));

/** Compares the plan with test/golden/NAME.txt and NAME.json; UPDATE_GOLDEN=1 writes them instead. */
export function expectGoldenPlan(name: string, steps: readonly PlanStep[]): void {
  expectGolden(`${name}.txt`, `${steps.map(line).join('\n')}\n`);
  expectGolden(`${name}.json`, `${JSON.stringify(steps, null, 2)}\n`);
}

/** Without the index: a step more must not change every line after it. */
function line(step: PlanStep): string {
  const args = step.arguments.map((argument) =>
    /^[^\s"']+$/.test(argument) ? argument : JSON.stringify(argument),
  );
  return `${step.section}: ${[step.operation, ...args].join(' ')}\t${step.explanation}`;
}

function expectGolden(file: string, text: string): void {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(`${FOLDER}${file}`, text);
  expect(text, `${file} differs: if that is meant, run with UPDATE_GOLDEN=1`).toBe(
    readFileSync(`${FOLDER}${file}`, 'utf8'),
  );
}
