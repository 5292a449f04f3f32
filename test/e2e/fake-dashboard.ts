/** A person at dashboard-program.ts: the whole dashboard at a real pty, over machines that are not there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { dashboardBuild } from '../../scripts/dashboard-build.mjs';
import type { ProgramOptions } from '../fakes/dashboard-program.ts';
import { type Person, type PersonOptions, personIn } from './terminal.ts';

export interface FakeDashboard {
  readonly at: (options?: ProgramOptions, person?: PersonOptions) => Person;
  /** A file of that name, in a folder that goes after the tests. */
  readonly file: (name: string) => string;
}

/** Built once for a file of tests. */
export function fakeDashboard(): FakeDashboard {
  const people: Person[] = [];
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tsmachine-dashboard-'));
    await build({
      ...dashboardBuild,
      entryPoints: [resolve(import.meta.dirname, '../fakes/dashboard-program.ts')],
      outfile: join(folder, 'program.cjs'),
      minify: false,
      logLevel: 'error',
    });
  });
  afterEach(async () => {
    for (const person of people.splice(0)) await person.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    file: (name) => join(folder, name),
    at: (options = {}, more = {}) => {
      const charts = resolve(import.meta.dirname, '../../dist/charts.cjs');
      const words = [join(folder, 'program.cjs'), JSON.stringify({ charts, ...options })];
      const person = personIn(process.execPath, words, { columns: 120, rows: 40, ...more });
      people.push(person);
      return person;
    },
  };
}
