import { readFileSync } from 'node:fs';

/**
 * The results in vitest's JSON report.
 * Vitest counts a file that failed to load, or whose tear-down failed, as no test at all: it counts as one here.
 */
export function readCounts(report) {
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
