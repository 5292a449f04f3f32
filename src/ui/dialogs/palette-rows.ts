/** What the palette shows: commands that fit, or what the typed one would do. Pure. */
import { visible } from '../../presentation/plain-text.ts';
import { commandOfAll } from '../deeds/summary.ts';
import { keysOf } from '../keymap.ts';
import { fitLeft, wrapWords } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import type { Theme } from '../theme.ts';
import { type Content, padded, WIDEST } from './content.ts';
import type { Palette } from './dialog.ts';
import { matchingCommands } from './palette.ts';
import { type Typed, typedCommand } from './typed-command.ts';

export function paletteContent(
  { text, index }: Palette,
  state: DashboardState,
  theme: Theme,
  room: number,
): Content {
  const height = Math.max(3, Math.min(14, state.size.rows - 6));
  const typed = typedCommand(text, state, 0);
  const lines =
    typed === undefined
      ? commandLines(text, index, { state, theme, room, height })
      : typedLines(typed, theme, room);
  return {
    title: 'Commands',
    lines: [`:${visible(text)}_`, ...padded(lines, height)],
    foot:
      typed === undefined
        ? 'Enter does it  Esc closes  or: set web memory.max=1G'
        : 'Enter does it  Esc closes',
    width: WIDEST,
  };
}

function commandLines(
  text: string,
  index: number,
  look: {
    readonly state: DashboardState;
    readonly theme: Theme;
    readonly room: number;
    readonly height: number;
  },
): readonly string[] {
  const { state, theme, room, height } = look;
  const top = Math.max(0, index - height + 1);
  const found = matchingCommands(text, state);
  if (found.length === 0) return [theme.paint('dim', 'no command fits')];
  return found.slice(top, top + height).map((command, place) => {
    const keys =
      'binding' in command ? theme.paint('key', keysOf(command.binding, state.remapped).join(' ')) : '';
    const line = `${fitLeft(visible(command.text), Math.max(1, room - 15), theme.glyphs.cut)} ${keys}`;
    return top + place === index
      ? theme.chosen(fitLeft(`${theme.glyphs.pointer}${line}`, room, theme.glyphs.cut))
      : ` ${line}`;
  });
}

function typedLines(typed: Typed, theme: Theme, room: number): readonly string[] {
  const usage = wrapWords(typed.usage, room, '  ').map((line) => theme.paint('dim', line));
  if (typed.kind === 'wrong') {
    return [
      ...usage,
      '',
      ...wrapWords(visible(typed.problem), room).map((line) => theme.paint('danger', line)),
    ];
  }
  const words = typed.pressed.effects.flatMap((effect) => (effect.type === 'deeds' ? effect.deeds : []));
  const command = words.length === 0 ? '' : commandOfAll(words);
  return [...usage, '', ...wrapWords(visible(command), room)];
}
