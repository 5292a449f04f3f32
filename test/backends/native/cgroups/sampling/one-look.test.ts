import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COUNTER } from '../../../../../src/backends/native/cgroups/sampling/counters.ts';
import { flatKeyed } from '../../../../../src/backends/native/cgroups/sampling/formats/flat-keyed.ts';
import { looksByNode } from '../../../../../src/backends/native/cgroups/sampling/looks.ts';
import { createOneLook } from '../../../../../src/backends/native/cgroups/sampling/one-look.ts';

it('a look tells of a group that has but one of the files, as the root of v2 has, and of none that is gone', () => {
  const mount = mkdtempSync(join(tmpdir(), 'look-'));
  try {
    mkdirSync(join(mount, 'there'));
    writeFileSync(join(mount, 'there/memory.stat'), 'anon 4096\n');
    const source = { mount, files: ['memory.stat'], format: flatKeyed({ anon: COUNTER.anon }) };
    const sources = [{ ...source, when: 'moved', tells: undefined } as const];
    const told: unknown[] = [];
    createOneLook(sources, looksByNode, () => undefined).at(['/there', '/gone'], ({ group, counters }) =>
      told.push([group, counters[COUNTER.anon]]),
    );
    expect(told).toEqual([['/there', 4096]]);
  } finally {
    rmSync(mount, { recursive: true });
  }
});
