/**
 * Draws the charts of a machine that is not there, each second of it another picture, and prints what that takes of the processor: JSON. Its
 * words are dist/charts.cjs and how many pictures.
 */
import { createRequire } from 'node:module';
import type { Drawing } from '../../src/ui/charts/drawing.ts';
import { detailLines } from '../../src/ui/panes/detail.ts';
import { change } from '../../src/ui/state/change.ts';
import type { DashboardState } from '../../src/ui/state/dashboard-state.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { group, sample } from '../commands/usage-sample.ts';
import { machine, shown } from '../ui/shown-state.ts';
import { busyUse } from './busy-use.ts';

const [, , bundle = '', pictures = '100'] = process.argv;
const theme = createTheme('dark', { unicode: true });
/** The inside of the tab on terminals of 60x15, 120x40 and 200x50. */
const sizes = [
  { width: 58, height: 11 },
  { width: 68, height: 36 },
  { width: 118, height: 46 },
];

/** Milliseconds of processor time. */
function taken(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

let drawing: Drawing | undefined;
const load = taken(() => {
  drawing = createRequire(import.meta.url)(bundle).drawing;
});
if (drawing === undefined) throw new Error(`${bundle} draws nothing`);

let state: DashboardState = shown([machine('web', { state: 'running' })], {
  tab: 'charts',
  focus: 'detail',
  drawing: { state: 'ready', value: drawing },
});
let second = 0;
function goOn(): void {
  state = change(state, { type: 'sample', sample: sample([group('web', busyUse(second))]) }, second * 1000);
  second += 1;
}
for (let turn = 0; turn < 300; turn += 1) goOn();

const drawn = sizes.map((size) => {
  const draw = (): void => {
    goOn();
    detailLines(state, theme, size, 0);
  };
  const first = taken(draw);
  const all = taken(() => {
    for (let turn = 0; turn < Number(pictures); turn += 1) draw();
  });
  return { size: `${size.width}x${size.height}`, first, each: all / Number(pictures) };
});
console.log(JSON.stringify({ load, drawn }));
