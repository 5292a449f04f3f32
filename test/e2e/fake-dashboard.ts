/** A person at dashboard-program.ts: the whole dashboard at a real pty, over machines that are not there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll } from 'vitest';
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
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsmachine-dashboard-'));
    buildSync({
      entryPoints: [resolve(import.meta.dirname, '../fakes/dashboard-program.ts')],
      outfile: join(folder, 'program.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
      alias: { 'react-devtools-core': resolve(import.meta.dirname, '../../scripts/nothing.mjs') },
      banner: {
        js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
      },
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
      const words = [join(folder, 'program.mjs'), JSON.stringify({ charts, ...options })];
      const person = personIn(process.execPath, words, { columns: 120, rows: 40, ...more });
      people.push(person);
      return person;
    },
  };
}
