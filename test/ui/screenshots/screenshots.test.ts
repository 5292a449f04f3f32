/**
 * The pictures of the README and the documents, drawn by the dashboard itself over machines that never change. `npm run screenshots`
 * makes them anew; without it they must be what the dashboard looks like.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Size } from '../../../src/ui/state/dashboard-state.ts';
import { builtDrawing } from '../charts/built-drawing.ts';
import { type Desk, type DeskOptions, deskOf, stopClock } from '../components/desk.ts';
import { chartedGroups, picturedConsoles, picturedGroups, picturedList } from './pictured-machines.ts';
import { terminalSvg } from './terminal-svg.ts';

const images = join(import.meta.dirname, '../../../docs/images');

beforeAll(stopClock);
afterAll(() => {
  vi.useRealTimers();
});

async function picture(
  size: Size,
  title: string,
  act: (desk: Desk) => void,
  more: Partial<DeskOptions> = {},
): Promise<string> {
  const data = { machines: picturedList, groups: picturedGroups, says: picturedConsoles };
  const desk = deskOf({ theme: 'dark', unicode: true, size, ...data, ...more });
  try {
    await desk.settled();
    act(desk);
    await desk.settled();
    return terminalSvg(desk.terminal, title);
  } finally {
    desk.close();
  }
}

test('the picture of the dashboard is what it looks like', async () => {
  const title = 'The dashboard: a list of machines, and what one of them uses, is limited to and is made of';
  const svg = await picture({ columns: 128, rows: 34 }, title, () => undefined);
  await expect(svg).toMatchFileSnapshot(join(images, 'dashboard.svg'));
});

test('the picture of consoles side by side is what they look like', async () => {
  const title = 'Consoles of four machines side by side in the dashboard';
  const svg = await picture({ columns: 112, rows: 32 }, title, (desk) => {
    for (const name of Object.keys(picturedConsoles))
      desk.press('/', 'ctrl-u', `"${name}"`, 'enter', 'space');
    desk.press('esc', 'w');
  });
  await expect(svg).toMatchFileSnapshot(join(images, 'consoles.svg'));
});

test('the picture of charts is what they look like', async () => {
  const title =
    'Charts of a machine: what it uses of its limits, and its processors, memory, disks and network over a minute';
  const act = (desk: Desk): void => desk.press('/', '"web-1"', 'enter', 'esc', 'tab', '3');
  const watched = { drawing: await builtDrawing(), groups: chartedGroups, seconds: 90 };
  const svg = await picture({ columns: 112, rows: 38 }, title, act, watched);
  await expect(svg).toMatchFileSnapshot(join(images, 'charts.svg'));
});
