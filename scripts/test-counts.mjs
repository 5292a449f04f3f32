import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The results in vitest's JSON report.
 * Vitest counts a file that failed to load, or whose tear-down failed, as no test at all: it counts as one here.
 */
function readCounts(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let files;
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    console.log('the test runner ended without results');
    return { ...counts, failed: 1 };
  }
  for (const { status, assertionResults } of files) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    const passed = assertionResults.filter((test) => test.status === 'passed').length;
    counts.passed += passed;
    counts.failed += status === 'failed' ? Math.max(failed, 1) : failed;
    counts.skipped += assertionResults.length - failed - passed;
  }
  return counts;
}

/** The same of a runner that has ended with `status`: a failure outside any test (a leftover, a tear-down, an unhandled rejection) is one too. */
export function countsOf(report, status) {
  const counts = readCounts(report);
  return counts.failed === 0 && status !== 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * Tests of a host of its own. `run` writes vitest's JSON report to the path that it gets (`wanted`, if that is given) and resolves with an
 * exit code; the counts are said as the last line. Resolves with the exit code of all.
 */
export async function runCounted(wanted, run) {
  const folder = mkdtempSync(join(tmpdir(), 'tsmachine-results-'));
  const results = wanted ?? join(folder, 'results.json');
  try {
    const status = await run(results);
    const counts = countsOf(results, status);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    return counts.failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What failed and why, a text for each test or file: the tests of many files are told of long before the end. None if there is no report. */
export function readFailures(report) {
  let files;
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    return [];
  }
  return files
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const tests = assertionResults.filter((test) => test.status === 'failed');
      if (tests.length === 0) return [`${name}\n${message}`];
      return tests.map((test) => `${name} > ${test.fullName}\n${withoutRunner(test.failureMessages)}`);
    });
}

function withoutRunner(messages) {
  const lines = messages.join('\n').split('\n');
  return lines.filter((line) => !/^\s+at .*node_modules/.test(line)).join('\n');
}
