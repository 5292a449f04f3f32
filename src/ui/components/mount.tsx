/** Lets Ink keep the dashboard's components up to date: what they show goes to a canvas of ours, and no key goes through it. */
import { render } from 'ink';
import type { Size } from '../state/dashboard-state.ts';
import type { Store } from '../store/store.ts';
import { createInkInput, createInkOutput } from '../terminal/ink-output.ts';
import { type Paced, paced } from '../terminal/paced.ts';
import type { Region } from '../terminal/screen.ts';
import type { Theme } from '../theme.ts';
import { CanvasContext, createCanvas, type Layer } from './canvas.ts';
import { Dashboard } from './dashboard.tsx';

export interface Mounted {
  /** The state has changed. */
  readonly draw: () => void;
  readonly regions: (layer: Layer) => readonly Region[];
  readonly unmount: () => void;
}

/** @param frameMs milliseconds between two frames at least: Ink hears of changes no more often than it can draw them */
export function mountDashboard(
  { store, theme, size }: { readonly store: Store; readonly theme: Theme; readonly size: () => Size },
  onChange: () => void,
  frameMs: number,
): Mounted {
  const drawers = new Set<() => void>();
  const pace: Paced = paced(() => {
    for (const drawer of drawers) drawer();
  }, frameMs);
  const subscribe: Store['subscribe'] = (listener) => {
    drawers.add(listener);
    return () => drawers.delete(listener);
  };
  const canvas = createCanvas(onChange);
  const dashboard = (
    <CanvasContext value={canvas}>
      <Dashboard store={{ ...store, subscribe }} theme={theme} />
    </CanvasContext>
  );
  const ink = render(dashboard, {
    stdout: createInkOutput(size),
    stdin: createInkInput(),
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    draw: pace.ask,
    regions: canvas.regions,
    unmount: () => {
      pace.close();
      ink.unmount();
    },
  };
}
