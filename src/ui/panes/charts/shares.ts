/** How much of what it may use it uses: rings where there is room for them, else bars. Pure. */
import type { HostUsage } from '../../../backends/usage.ts';
import { formatShort } from '../../../presentation/units.ts';
import type { Picture, Share } from '../../charts/drawing.ts';
import { fitLeft } from '../../row-text.ts';
import type { Measure } from '../../state/past.ts';
import type { Role } from '../../theme.ts';
import type { ChartSource } from './chart-block.ts';
import { pictureRows } from './picture-rows.ts';
import { valueNow } from './shown-time.ts';

export const DONUT_ROWS = 8;
/** A ring and the gap beside it, in cells. */
const DONUT_COLUMNS = 16;
const NAME = 24;
const PERCENT = 5;

/** One at the left and one at the right. */
const FEW_DOTS = 0x22;

/** From here on it warns. */
const NEARLY = 0.9;
const MUCH = 0.7;

export function sharesOf({ time, id }: ChartSource, host: HostUsage): readonly Share[] {
  const now = (measure: Measure): number | null => valueNow(time, id, measure);
  const bytes = (value: number): string => formatShort(value, 1024);
  const [swap, swapLimit] = [now('swap'), now('swap limit')];
  return [
    shareOf('cpu', now('cpu'), now('cpu limit') ?? host.cores, (limit) => formatCores(limit)),
    shareOf('memory', now('memory'), now('memory limit') ?? host.memoryBytes, bytes),
    ...(swap === null || swap === 0 ? [] : [shareOf('swap', swap, swapLimit, bytes)]),
    shareOf('tasks', now('tasks'), now('tasks limit'), String),
  ].filter((share) => share !== undefined);
}

/** Rings, if they fit. */
export function fitsDonuts(count: number, width: number): boolean {
  return count > 0 && width >= count * DONUT_COLUMNS;
}

export function donutRows(shares: readonly Share[], { drawing, theme }: ChartSource, width: number) {
  const size = { width, height: DONUT_ROWS };
  const picture = drawing.donuts(shares, size, { rest: 'dim', text: 'title' });
  // Without colours the rest of a ring would look as what is used.
  const shown = theme.name === 'none' ? withFewDots(picture, 'dim') : picture;
  return pictureRows(shown, { theme, roleOf: (ink) => ink as Role }).map((row) => fitLeft(row, width));
}

export function gaugeRows(
  shares: readonly Share[],
  { drawing, theme }: ChartSource,
  width: number,
): readonly string[] {
  const room = Math.max(4, width - NAME - PERCENT - 2);
  const picture = drawing.gauges(shares, room);
  const bars = pictureRows(picture, {
    theme,
    roleOf: (ink) => ink as Role,
    blank: theme.unicode ? '░' : '.',
  });
  return shares.map(({ name, share }, index) => {
    const percent = `${Math.round(share * 100)}%`.padStart(PERCENT);
    const title = fitLeft(` ${theme.paint('title', name)}`, NAME, theme.glyphs.cut);
    return fitLeft(`${title} ${bars[index]} ${percent}`, width, theme.glyphs.cut);
  });
}

/** Of the cells of that ink. */
function withFewDots(picture: Picture, ink: string): Picture {
  const at: Picture['at'] = (column, row) => {
    const cell = picture.at(column, row);
    if (cell?.ink !== ink) return cell;
    const dots = cell.glyph.charCodeAt(0) & FEW_DOTS;
    return dots === 0 ? undefined : { ...cell, glyph: String.fromCharCode(0x2800 + dots) };
  };
  return { ...picture, at };
}

function shareOf(
  name: string,
  use: number | null,
  limit: number | null,
  format: (limit: number) => string,
): Share | undefined {
  if (use === null || limit === null || limit <= 0) return undefined;
  const share = use / limit;
  const ink: Role = share >= NEARLY ? 'danger' : share >= MUCH ? 'warning' : 'good';
  return { name: `${name} of ${format(limit)}`, share, ink };
}

function formatCores(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : cores.toFixed(2);
}
