/** Lets Ink draw the dashboard: its frames go to a screen of ours, and no key goes through it. */
import { render } from 'ink';
import type { Size } from '../state/dashboard-state.ts';
import type { Store } from '../store/store.ts';
import { createInkInput, createInkOutput } from '../terminal/ink-output.ts';
import { type Paced, paced } from '../terminal/paced.ts';
import type { Theme } from '../theme.ts';
import { Dashboard } from './dashboard.tsx';

export interface Mounted {
  /** The state has changed. */
  readonly draw: () => void;
  readonly unmount: () => void;
}

/** @param frameMs milliseconds between two frames at least: Ink hears of changes no more often than it can draw them */
export function mountDashboard(
  { store, theme, size }: { readonly store: Store; readonly theme: Theme; readonly size: () => Size },
  onFrame: (text: string) => void,
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
  const ink = render(<Dashboard store={{ ...store, subscribe }} theme={theme} />, {
    stdout: createInkOutput(size, onFrame),
    stdin: createInkInput(),
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    draw: pace.ask,
    unmount: () => {
      pace.close();
      ink.unmount();
    },
  };
}
