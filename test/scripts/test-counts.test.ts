import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { runFolder } from '../setup/test-run.ts';

/** Scripts are no TypeScript, and have no types. */
const { countsOf }: { readonly countsOf: (report: string, status: number) => unknown } = await import(
  join(projectFolder, 'scripts', 'test-counts.mjs')
);

function countsIn(report: string, status = 0): unknown {
  const path = join(mkdtempSync(join(runFolder(), 'report-')), 'results.json');
  writeFileSync(path, report);
  return countsOf(path, status);
}

const file = (status: string, ...tests: readonly string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

describe('the counts that end npm test', () => {
  it('are those of all files', () => {
    const testResults = [file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')];
    expect(countsIn(JSON.stringify({ testResults }))).toEqual({ passed: 3, failed: 1, skipped: 1 });
  });

  it('count a file that failed to load, or at its tear-down, as a failure', () => {
    const testResults = [file('failed'), file('failed', 'passed')];
    expect(countsIn(JSON.stringify({ testResults }))).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('have a failure where the runner failed outside any test', () => {
    const testResults = [file('passed', 'passed')];
    expect(countsIn(JSON.stringify({ testResults }), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('are a failure where the runner left no results', () => {
    vi.spyOn(console, 'log').mockImplementationOnce(() => undefined);
    expect(countsIn('{')).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
