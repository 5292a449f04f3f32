/** The theme that the dashboard opens with: the command line's, else the kept one, else dark; without colours where none are wanted. */
import { MachineError } from '../../machines/errors.ts';
import { nearest } from '../../machines/names/nearest.ts';
import { createTheme, type Theme, themeNames } from '../theme.ts';
import type { Settings } from './settings.ts';

/** @throws MachineError `usage` for a theme that there is not */
export function firstTheme(
  asked: { readonly theme: string | undefined; readonly colour: boolean; readonly unicode: boolean },
  { theme: kept = 'dark', glyphs }: Settings,
): Theme {
  const name = asked.theme ?? (asked.colour ? kept : 'none');
  const found = themeNames.find((candidate) => candidate === name);
  if (found === undefined) {
    const meant = nearest(name, themeNames);
    throw new MachineError('usage', `there is no theme ${JSON.stringify(name)}`, {
      subject: name,
      hint: meant === undefined ? `there are ${themeNames.join(', ')}` : `did you mean ${meant}?`,
    });
  }
  return createTheme(found, { unicode: glyphs === undefined ? asked.unicode : glyphs === 'unicode' });
}
