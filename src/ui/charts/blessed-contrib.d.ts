/** What we use of the package: its own types need those of blessed, which is not there. */

interface ChartElement {
  width: number;
  height: number;
  content: string;
  readonly ctx?: { readonly _canvas: import('./drawing.ts').Picture; clearRect: () => void };
  listeners: (() => void)[];
}

interface ChartSize {
  /** In cells. */
  readonly width: number;
  readonly height: number;
}

declare module 'blessed-contrib/lib/widget/charts/line.js' {
  interface LineOptions extends ChartSize {
    /** In dots. */
    readonly xPadding: number;
    readonly maxY: number;
    /** Need not be whole: the range is divided by it. */
    readonly numYLabels: number;
    readonly style: { readonly text: string; readonly baseline: string };
  }
  interface Series {
    readonly x: readonly string[];
    readonly y: readonly number[];
    readonly style?: { readonly line: string };
  }
  interface Line extends ChartElement {
    readonly setData: (series: readonly Series[]) => void;
  }
  const Line: new (options: LineOptions) => Line;
  export default Line;
}

declare module 'blessed-contrib/lib/widget/donut.js' {
  interface DonutOptions extends ChartSize {
    /** In dots, as `arcWidth` and `yPadding`. */
    readonly radius: number;
    readonly arcWidth: number;
    readonly yPadding: number;
    readonly remainColor: string;
    readonly fill: string;
  }
  interface Donut extends ChartElement {
    readonly setData: (
      shares: readonly { readonly label: string; readonly percent: number; readonly color: string }[],
    ) => void;
  }
  const Donut: new (options: DonutOptions) => Donut;
  export default Donut;
}

declare module 'blessed-contrib/lib/widget/gauge-list.js' {
  interface GaugeListOptions extends ChartSize {
    readonly gauges: readonly {
      readonly stack: readonly { readonly percent: number; readonly stroke: string }[];
    }[];
  }
  const GaugeList: new (options: GaugeListOptions) => ChartElement;
  export default GaugeList;
}

declare module 'blessed-contrib/lib/widget/sparkline.js' {
  interface Sparkline extends ChartElement {
    readonly setData: (titles: readonly string[], values: readonly (readonly number[])[]) => void;
  }
  const Sparkline: new (options: ChartSize) => Sparkline;
  export default Sparkline;
}
