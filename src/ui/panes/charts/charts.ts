/** What it used, over the time that was watched: the present, or the moment that one has gone back to. */
import { failureLines } from '../../../presentation/output/failure.ts';
import { fitLeft, wrapWords } from '../../row-text.ts';
import { chosenIndex } from '../../state/chosen-chart.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import { samplesByName } from '../../state/machine-order.ts';
import { valueAt } from '../../state/past.ts';
import type { Theme } from '../../theme.ts';
import { definePane, type PaneView, textLines } from '../pane.ts';
import { arrange } from './arrangement.ts';
import { type ChartSource, chartBlock } from './chart-block.ts';
import { type Chart, toldCharts } from './chart-table.ts';
import { drawnOnce } from './drawn-once.ts';
import { bandRows, sparkRows, windowOf } from './grid.ts';
import { donutRows, fitsDonuts, gaugeRows, sharesOf } from './shares.ts';
import { shownTime, timeLine } from './shown-time.ts';

/** From here on the shares of limits have room above the charts, as bars or as rings. */
const WITH_BARS = 18;
const WITH_DONUTS = 30;

export const chartsPane = definePane<undefined>({
  tab: 'charts',
  title: 'Charts',
  place: 'charts',
  choosable: false,
  load: undefined,
  lines: ({ machine, state, theme, width, height }) => {
    const group = samplesByName(state).get(machine.name);
    const host = state.sample?.host;
    if (group === undefined || host === undefined || state.past.length === 0) {
      return textLines([theme.paint('dim', 'it does not run: nothing is measured')]);
    }
    const { drawing } = state;
    if (drawing?.state === 'failed') return textLines(failure(drawing.error, theme, width));
    if (drawing?.state !== 'ready') return textLines([theme.paint('dim', 'looking ...')]);
    const time = shownTime(state);
    const newest = time.past.at(-1);
    const inputs = [drawing, newest, time.index, group.id, state.chart, state.focus, theme, width, height];
    return drawnOnce(inputs, () =>
      textLines(rowsOf({ drawing: drawing.value, time, id: group.id, theme }, { state, width, height })),
    );
  },
});

type Room = Pick<PaneView<undefined>, 'state' | 'width' | 'height'>;

function rowsOf(source: ChartSource, { state, width, height }: Room): readonly string[] {
  const told = toldCharts(state);
  const index = chosenIndex(
    told.map(({ title }) => title),
    state.chart,
  );
  const chosen = told[index];
  const first = fitLeft(timeLine(source.time, source.theme), width, source.theme.glyphs.cut);
  if (chosen === undefined) return [first];
  const isChosen = (chart: Chart): boolean => chart === chosen && state.focus === 'detail';
  if (state.chart.alone) {
    const block = { width, height: Math.max(1, height - 1), chosen: isChosen(chosen), hasTimes: height > 6 };
    return [first, ...chartBlock(chosen, source, block)];
  }
  const above = shareRows(source, state, width, height);
  const drawable = told.filter((chart) => chart === chosen || !isFlat(chart, source));
  const room = { width, height: Math.max(1, height - 1 - above.length) };
  const arrangement = arrange(room, drawable.length, told.length);
  const drawn = windowOf(drawable, drawable.indexOf(chosen), arrangement.drawn);
  const others = told.filter((chart) => !drawn.includes(chart));
  return [
    first,
    ...above,
    ...bandRows(drawn, arrangement, source, isChosen),
    ...sparkRows(others, arrangement, source, isChosen),
  ];
}

function shareRows(
  source: ChartSource,
  { sample }: DashboardState,
  width: number,
  height: number,
): readonly string[] {
  if (sample === undefined || height < WITH_BARS) return [];
  const shares = sharesOf(source, sample.host);
  const hasDonuts = source.theme.unicode && height >= WITH_DONUTS && fitsDonuts(shares.length, width);
  return hasDonuts ? donutRows(shares, source, width) : gaugeRows(shares, source, width);
}

/** Nothing all the time is told in one row: the room is for the others. */
function isFlat({ series }: Chart, { time, id }: ChartSource): boolean {
  return time.past.every((moment) =>
    series.every(({ measure }) => (valueAt(moment, id, measure) ?? 0) === 0),
  );
}

function failure(error: unknown, theme: Theme, width: number): readonly string[] {
  return failureLines(error, 'load the charts')
    .flatMap((line) => wrapWords(line, width, '  '))
    .map((text) => theme.paint('danger', text));
}
