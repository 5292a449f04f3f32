import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../../../src/backends/native/helper');

/** Compiling under the sanitizers takes its time on a slow machine; it is done once. */
const COMPILE_MS = 300_000;

function make(...args: readonly string[]): readonly string[] {
  const jobs = `--jobs=${availableParallelism()}`;
  const output = execFileSync('make', ['--no-print-directory', '-s', jobs, '-C', source, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return output.trim().split('\n');
}

describe('the helper, built with the address and undefined-behaviour sanitizers', () => {
  it('passes its unit tests', { timeout: COMPILE_MS }, () => {
    const lines = make('check').filter((line) => line.startsWith('ok '));
    expect(lines.length).toBeGreaterThan(30);
  });

  it('survives mutated plans and requests, and lets some of each pass', { timeout: COMPILE_MS }, () => {
    expect(make('fuzz', 'SEED=1', 'COUNT=20000')).toEqual([
      expect.stringMatching(/^ok 20000 plans, [1-9]\d* passed/),
      expect.stringMatching(/^ok 20000 requests, [1-9]\d* passed/),
    ]);
  });

  it('gives the same verdicts for the same seed', { timeout: COMPILE_MS }, () => {
    expect(make('fuzz', 'SEED=7', 'COUNT=2000')).toEqual(make('fuzz', 'SEED=7', 'COUNT=2000'));
  });
});
