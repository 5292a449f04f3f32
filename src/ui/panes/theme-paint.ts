/** The presenters of commands know sixteen colours of a terminal; here they are the theme's. */
import type { Colour, Paint } from '../../presentation/paint.ts';
import type { Role, Theme } from '../theme.ts';

const roles: Readonly<Record<Colour, Role>> = {
  bold: 'title',
  dim: 'dim',
  red: 'danger',
  green: 'good',
  yellow: 'warning',
  blue: 'cold',
  cyan: 'busy',
};

export function themePaint({ paint }: Theme): Paint {
  return (colour, text) => paint(colour === undefined ? undefined : roles[colour], text);
}
