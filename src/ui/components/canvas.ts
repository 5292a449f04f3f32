/** Where the components put their rows. Not through Ink's own output, which takes each frame apart into cells: that was most of its cost. */
import { createContext } from 'react';
import type { Region } from '../terminal/screen.ts';

/** Dialogs lie over consoles, and consoles over panes. */
export type Layer = 'panes' | 'dialogs';

export interface Canvas {
  readonly put: (id: string, layer: Layer, region: Region) => void;
  readonly remove: (id: string) => void;
  readonly regions: (layer: Layer) => readonly Region[];
}

export function createCanvas(onChange: () => void): Canvas {
  const placed = new Map<string, { readonly layer: Layer; readonly region: Region }>();
  return {
    put: (id, layer, region) => {
      placed.set(id, { layer, region });
      onChange();
    },
    remove: (id) => {
      if (placed.delete(id)) onChange();
    },
    regions: (layer) => [...placed.values()].filter((one) => one.layer === layer).map(({ region }) => region),
  };
}

export const CanvasContext = createContext<Canvas>(createCanvas(() => undefined));
