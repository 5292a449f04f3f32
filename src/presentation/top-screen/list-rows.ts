/** The list of the full screen: heads, machines, and the processes of those that are expanded. Pure. */
import type { GroupSample, ProcessUsage } from '../../backends/usage.ts';
import type { Colour } from '../paint.ts';
import { formatShort } from '../units.ts';
import { type Histories, lastValues } from '../usage/history.ts';
import { sparkline } from '../usage/sparkline.ts';
import { isTextColumn, sampleName, type UsageSort, usageColumn } from '../usage/usage-columns.ts';
import { indented } from '../usage/usage-table.ts';
import { type ColumnPlan, MARK_WIDTH, type PlacedColumn } from './columns.ts';
import { placed, safeCut, type Theme } from './row-text.ts';

interface Glyphs {
  readonly running: string;
  readonly frozen: string;
  readonly empty: string;
}

const unicodeGlyphs: Glyphs = { running: '●', frozen: '■', empty: '·' };
const asciiGlyphs: Glyphs = { running: '+', frozen: '=', empty: '.' };

export function headRow({ columns, history }: ColumnPlan, sort: UsageSort | undefined, theme: Theme): string {
  const heads = columns.map(({ name, width, gap }) => {
    const { head } = usageColumn(name);
    const text = isTextColumn(name) ? head.padEnd(width) : head.padStart(width);
    return ' '.repeat(gap) + theme.paint(name === sort?.column ? 'cyan' : 'bold', text);
  });
  const past = history === 0 ? '' : `  ${theme.paint('bold', 'CPU BEFORE'.padStart(history))}`;
  return ' '.repeat(MARK_WIDTH) + heads.join('') + past;
}

export interface ListLook {
  readonly plan: ColumnPlan;
  readonly theme: Theme;
  readonly histories: Histories;
  readonly cores: number;
  readonly tree: boolean;
  readonly width: number;
}

export function groupRow(group: GroupSample, expanded: boolean, look: ListLook): string {
  const { plan, theme } = look;
  const [name, ...others] = plan.columns;
  const cells = others.map((column) => cellText(group, column, theme)).join('');
  const mark = expanded ? (theme.unicode ? '▾' : 'v') : '';
  const shown = shownName(group, look.tree);
  const width = name?.width ?? 0;
  const text = safeCut(mark === '' ? shown : `${shown} ${mark}`, width, theme.unicode);
  return placed(text, MARK_WIDTH + 1, width) + cells + pastOf(group, look);
}

/** @param tree whether it stands below the group that it is in */
export function shownName(group: GroupSample, tree: boolean): string {
  return tree ? indented(group, true) : sampleName(group);
}

function cellText(group: GroupSample, { name, width, gap }: PlacedColumn, { paint, unicode }: Theme): string {
  const { text, colour } = usageColumn(name).cell(group);
  if (!isTextColumn(name)) return ' '.repeat(gap) + paint(colour, text.padStart(width));
  const words = name === 'state' ? stateText(text, unicode) : text;
  return ' '.repeat(gap) + paint(colour, words.padEnd(width));
}

/** Told by a glyph, a word and a colour: none of them is needed. */
function stateText(word: string, unicode: boolean): string {
  const glyphs = unicode ? unicodeGlyphs : asciiGlyphs;
  return word in glyphs ? `${glyphs[word as keyof Glyphs]} ${word}` : word;
}

function pastOf(group: GroupSample, { plan, histories, cores, theme }: ListLook): string {
  if (plan.history === 0) return '';
  const { limitCores } = group.usage.cpu;
  const most = typeof limitCores === 'number' ? Math.min(limitCores, cores) : cores;
  const past = lastValues(histories.get(group.id), 'cores', plan.history);
  return `  ${sparkline(past, plan.history, most, theme.unicode)}`;
}

/** proc_pid_stat(5): running, waiting for a disk, zombie, stopped. */
const stateColours: Readonly<Record<string, Colour>> = { R: 'green', D: 'red', Z: 'red', T: 'yellow' };

export function processRow(process: ProcessUsage, { theme, width }: ListLook): string {
  const { paint, unicode } = theme;
  const { pid, insidePid, state, cores, residentBytes, threads, command } = process;
  const facts = [
    `  pid ${String(pid).padEnd(7)}`,
    `inside ${String(insidePid ?? '-').padEnd(6)}`,
    paint(stateColours[state], state),
    (cores === null ? '-' : cores.toFixed(2)).padStart(5),
    formatShort(residentBytes, 1024).padStart(5),
    threads > 1 ? `${threads} threads ` : '',
  ].join(' ');
  const before =
    `  pid ${String(pid).padEnd(7)} inside ${''.padEnd(6)} ${state} ${''.padEnd(5)} ${''.padEnd(5)} `.length;
  return facts + safeCut(command, Math.max(0, width - MARK_WIDTH - before - (threads > 1 ? 10 : 0)), unicode);
}
