/** What draws charts is a bundle of its own: it is loaded when somebody looks at the charts, and the first frame does without. */
import type { Drawing } from '../charts/drawing.ts';
import type { Store } from './store.ts';

export interface DrawingLoader {
  /** After each change of the state. */
  readonly look: () => void;
}

export function createDrawingLoader(load: () => Promise<Drawing>, store: Store): DrawingLoader {
  return {
    look: () => {
      const { tab, drawing } = store.state();
      if (tab !== 'charts' || drawing !== undefined) return;
      store.tell({ type: 'drawing', drawing: { state: 'loading' } });
      load().then(
        (value) => store.tell({ type: 'drawing', drawing: { state: 'ready', value } }),
        (error: unknown) => store.tell({ type: 'drawing', drawing: { state: 'failed', error } }),
      );
    },
  };
}
