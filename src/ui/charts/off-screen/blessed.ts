/**
 * What the charts of blessed-contrib need of blessed, and no more: an element with a size that no screen ever sees. The bundle of the charts
 * has it in place of the package (scripts/bundle-charts.mjs), which would open the terminal and listen to the process.
 */
import type { Picture } from '../drawing.ts';

export interface OffScreen {
  /** In cells. */
  width: number;
  height: number;
  /** Of those that are text. */
  content: string;
  /** Of those that draw. */
  readonly ctx?: { readonly _canvas: Picture; clearRect: () => void };
  listeners: (() => void)[];
}

/** Charts ask by it whether they were called with `new`. */
export function Node(): void {}

/** Charts call it on what they make. */
export function Box(
  this: OffScreen,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  Object.assign(this, { width, height, content: '', listeners: [] });
}

Box.prototype = Object.assign(Object.create(Node.prototype), {
  on(this: OffScreen, event: string, listener: () => void): void {
    if (event === 'attach') this.listeners.push(listener.bind(this));
  },
  setContent(this: OffScreen, content: string): void {
    this.content = content;
  },
});

/** As a screen does with what is put on it: now it knows its size, and can draw. */
export function attach<T extends OffScreen>(element: T): T {
  for (const listener of element.listeners) {
    listener();
    // A canvas is new for each picture. Charts clear it dot by dot all the same, which took longer than to draw.
    if (element.ctx !== undefined) element.ctx.clearRect = () => undefined;
  }
  return element;
}

export function pictureOf({ ctx }: OffScreen): Picture {
  return ctx?._canvas ?? { width: 0, height: 0, at: () => undefined };
}
