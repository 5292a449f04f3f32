/**
 * The dashboard of machines that are not there (shown-machines.ts), on the terminal where it is started. Its one word is JSON: of how many
 * machines, whether their figures move, whether nothing they are asked is answered, and a file that grows by a byte at each sample.
 */

import { appendFileSync } from 'node:fs';
import { dashboardOutside } from '../../src/terminal/dashboard-outside.ts';
import { openDashboard } from '../../src/ui/open-dashboard.ts';
import { manyMachines, shownMachines } from './shown-machines.ts';

export interface ProgramOptions {
  readonly count?: number;
  readonly moving?: boolean;
  readonly hangs?: boolean;
  readonly samples?: string;
  /** Of the built project: dist/charts.cjs. */
  readonly charts?: string;
}

const { count, moving, hangs, samples, charts }: ProgramOptions = JSON.parse(process.argv[2] ?? '{}');
const machines = shownMachines({
  ...(count === undefined ? {} : { list: manyMachines(count) }),
  ...(moving === undefined ? {} : { moving }),
  ...(hangs === undefined ? {} : { hangs }),
  onSample: () => {
    if (samples !== undefined) appendFileSync(samples, '.');
  },
});

openDashboard({
  machines,
  hostName: 'thishost',
  readOnly: false,
  theme: 'dark',
  colour: true,
  unicode: true,
  settingsFile: { path: '', read: () => undefined, write: () => undefined },
  commands: [],
  outside: dashboardOutside({ file: process.execPath, words: [] }, process.env),
  loadDrawing: async () => (await import(charts ?? './charts.cjs')).default.drawing,
  stdin: process.stdin,
  stdout: process.stdout,
}).then((code) => process.exit(code));
