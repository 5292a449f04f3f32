import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as committed from '../../../../src/backends/native/seccomp/filters.generated.ts';
import { ARCHITECTURES } from '../../../../src/backends/native/seccomp/profile.ts';
import { AUDIT_ARCH, answerOf } from './bpf.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

let work: string;
let file: string;

beforeAll(() => {
  work = mkdtempSync(`${tmpdir()}/seccomp-compile-`);
  file = `${work}/filters.ts`;
  execFileSync(process.execPath, [`${ROOT}scripts/compile-seccomp.mjs`, file], { stdio: 'pipe' });
});

afterAll(() => rmSync(work, { recursive: true }));

describe('the committed seccomp filters', () => {
  it('were made with a libseccomp that knew every call of the profile', () => {
    expect(committed.UNKNOWN_CALLS).toEqual([]);
  });

  it('are what the profile compiles to', async () => {
    const fresh = (await import(file)) as typeof committed;
    if (isDeepStrictEqual(fresh.FILTERS, committed.FILTERS)) return;
    // Only another libseccomp may order the same rules otherwise; it must still give the same answers.
    const same = [committed.LIBSECCOMP_VERSION, ''].join();
    expect(
      [fresh.LIBSECCOMP_VERSION, fresh.UNKNOWN_CALLS.join()].join(),
      'run scripts/compile-seccomp.mjs',
    ).not.toBe(same);
    console.warn(
      `libseccomp ${fresh.LIBSECCOMP_VERSION} here, ${committed.LIBSECCOMP_VERSION} there: answers are compared, not bytes`,
    );
    expectSameAnswers(fresh);
  });
});

/** Arguments that the rules look at, with their neighbours. */
const ARGUMENTS = [
  0n,
  1n,
  2n,
  8n,
  40n,
  0x5412n,
  0x541cn,
  0x20000n,
  0x40000n,
  0xffffffffn,
  0x1_0000_5412n,
  0x1_0000_0028n,
];

function expectSameAnswers(fresh: typeof committed): void {
  for (const [profile, filters] of Object.entries(committed.FILTERS)) {
    for (const [arch, names] of Object.entries(ARCHITECTURES)) {
      for (const name of names)
        compare(filters[arch] ?? '', fresh.FILTERS[profile]?.[arch] ?? '', name, fresh.UNKNOWN_CALLS.length);
    }
  }
}

/** An older libseccomp leaves out calls it does not know: those many numbers may differ, no more. */
function compare(ours: string, theirs: string, name: string, allowedDifferences: number): void {
  const arch = AUDIT_ARCH[name as keyof typeof AUDIT_ARCH];
  const [a, b] = [Buffer.from(ours, 'base64'), Buffer.from(theirs, 'base64')];
  const differing = new Set<number>();
  for (let number = -1; number < 600; number++) {
    for (const value of ARGUMENTS) {
      const call = { number, arch, arguments: [value, value] };
      if (answerOf(a, call) !== answerOf(b, call)) differing.add(number);
    }
  }
  expect(differing.size, `${name}: calls ${[...differing].join(', ')}`).toBeLessThanOrEqual(
    allowedDifferences,
  );
}
