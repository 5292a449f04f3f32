/** Frames of the whole dashboard as a terminal shows them: golden files, and what must hold of each of them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Drawing } from '../../../src/ui/charts/drawing.ts';
import type { Size } from '../../../src/ui/state/dashboard-state.ts';
import { builtDrawing } from '../charts/built-drawing.ts';
import { type Desk, deskOf, type Mode, stopClock } from './desk.ts';
import { checkFrame } from './frame-rules.ts';
import { chartsBack, dialogs, overview, places, type Scene, says, tabs } from './scenes.ts';
import { markedRows } from './shown-frame.ts';

const modes: Readonly<Record<string, Mode>> = {
  colour: { theme: 'dark', unicode: true },
  plain: { theme: 'none', unicode: true },
  ascii: { theme: 'none', unicode: false },
};

const sizes: Readonly<Record<string, Size>> = {
  '60x15': { columns: 60, rows: 15 },
  '80x24': { columns: 80, rows: 24 },
  '120x40': { columns: 120, rows: 40 },
  '200x50': { columns: 200, rows: 50 },
};

let drawing: Drawing;

const golden = join(import.meta.dirname, '../../golden/dashboard');

async function looksAsItDid(file: string, scene: Scene, sizeName: string, modeName: string): Promise<void> {
  const [size, mode] = [sizes[sizeName], modes[modeName]];
  if (size === undefined || mode === undefined) throw new Error(`no such frame: ${sizeName} ${modeName}`);
  const desk: Desk = deskOf({
    ...mode,
    size,
    says,
    drawing,
    ...(scene.machines ? { machines: scene.machines } : {}),
  });
  try {
    await desk.settled();
    await scene.act(desk);
    await desk.settled();
    await checkFrame(desk, mode);
    const text = `${markedRows(desk.terminal).join('\n')}\n`;
    await expect(text).toMatchFileSnapshot(join(golden, file));
  } finally {
    desk.close();
  }
}

beforeAll(async () => {
  drawing = await builtDrawing();
  stopClock();
});
afterAll(() => {
  vi.useRealTimers();
});

describe.each(Object.keys(sizes))('the dashboard at %s', (size) => {
  it.each(Object.keys(modes))('in %s looks as it did', async (mode) => {
    await looksAsItDid(`${size}-${mode}.txt`, overview, size, mode);
  });
});

describe('the tab', () => {
  it.each(Object.entries(tabs))('%s looks as it did', async (name, scene) => {
    for (const size of ['60x15', '120x40']) {
      await looksAsItDid(`tab-${name}-${size}.txt`, scene, size, 'plain');
    }
  });

  it.each(Object.entries(tabs))('%s is in letters alone where there are no others', async (name, scene) => {
    await looksAsItDid(`tab-${name}-80x24-ascii.txt`, scene, '80x24', 'ascii');
  });
});

describe('charts', () => {
  it.each(Object.keys(modes))('back in time, on a large screen, in %s look as they did', async (mode) => {
    await looksAsItDid(`charts-back-200x50-${mode}.txt`, chartsBack, '200x50', mode);
  });
});

describe('the dialog', () => {
  it.each(Object.entries(dialogs))('%s looks as it did', async (name, scene) => {
    await looksAsItDid(`dialog-${name}-60x15.txt`, scene, '60x15', 'plain');
    await looksAsItDid(`dialog-${name}-120x40-colour.txt`, scene, '120x40', 'colour');
  });
});

describe('the dashboard', () => {
  it.each(Object.entries(places))('%s looks as it did', async (name, scene) => {
    await looksAsItDid(`${name}-120x40.txt`, scene, '120x40', 'plain');
    await looksAsItDid(`${name}-80x24-ascii.txt`, scene, '80x24', 'ascii');
  });
});
