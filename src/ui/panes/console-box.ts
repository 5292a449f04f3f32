/** What is said around a console: whose it is, how to leave it, how it ended, where it is scrolled to. Pure. */

import { visible } from '../../presentation/plain-text.ts';
import type { Leader } from '../../terminal/escape-keys.ts';
import type { ReplayPlace } from '../state/console-view.ts';
import {
  type ConsoleAbout,
  type ConsoleId,
  isShell,
  machineOf,
  type ScrollPlace,
} from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { typedAt } from '../state/show-consoles.ts';
import type { Role, Theme } from '../theme.ts';

export interface ConsoleBox {
  readonly title: string;
  readonly foot: string;
  readonly focused: boolean;
  readonly role?: Role;
}

export function consoleBox(state: DashboardState, theme: Theme, id: ConsoleId): ConsoleBox {
  const about = state.view.about.get(id);
  const hasKeys = typedAt(state) === id;
  const isTypedTo = state.view.broadcast && state.view.grid.includes(id);
  const recorded = about?.recording === undefined ? '' : `${theme.paint('danger', 'REC')} `;
  return {
    title: `${recorded}${theme.paint(hasKeys ? 'focus' : 'title', visible(id))}`,
    foot: recorded + consoleFoot(state, theme, id, about),
    focused: hasKeys || isTypedTo,
    ...(isTypedTo ? { role: 'danger' } : hasKeys ? { role: 'live' } : {}),
  };
}

function consoleFoot(
  state: DashboardState,
  theme: Theme,
  id: ConsoleId,
  about: ConsoleAbout | undefined,
): string {
  const { view } = state;
  const key = (name: string, help: string): string => `${theme.paint('key', name)} ${help}`;
  if (about?.replay !== undefined) return replayFoot(about.replay, theme);
  if (about?.ended !== undefined) {
    return `${theme.paint('warning', about.ended)}  ${key(isShell(id) ? 'e' : 'c', 'opens it anew')}`;
  }
  const hasKeys = typedAt(state) === id;
  if (!hasKeys && state.focus !== 'console') return about === undefined ? '' : key('Enter', 'types here');
  if (hasKeys && view.leader) return leaderHint(state, theme);
  if (about?.scroll !== undefined) return scrollFoot(about.scroll, theme);
  if (view.broadcast && view.grid.includes(id)) {
    return `${theme.paint('danger', `TYPING TO ALL ${view.grid.length}`)}  ${key(`${state.leader.label} b`, 'ends it')}`;
  }
  if (!hasKeys) return '';
  const machine = state.machines.find(({ name }) => name === machineOf(id));
  const frozen = machine?.state === 'frozen' ? theme.paint('cold', 'frozen: what is typed waits') : '';
  const readOnly = state.readOnly ? theme.paint('warning', 'READ-ONLY') : '';
  // The way out first: it is what must not be cut.
  return [key(leaveKeys(state.leader), 'leaves'), readOnly, frozen].filter((part) => part !== '').join('  ');
}

/** The shortest way out. */
export function leaveKeys({ label, twiceLeaves }: Leader): string {
  return twiceLeaves ? label : `${label} q`;
}

function leaderHint({ view, leader }: DashboardState, theme: Theme): string {
  const hints = [
    ['q', 'leave'],
    [String.fromCharCode(leader.literal), leader.label],
    ['z', 'zoom'],
    ['n p', 'others'],
    ['[', 'scroll'],
    ['r', 'record'],
    ['f', 'full'],
    ...(view.grid.length > 1 ? [['b', 'type to all']] : []),
  ];
  return hints.map(([name = '', help = '']) => `${theme.paint('key', name)} ${help}`).join('  ');
}

function scrollFoot({ first, last, count, search, searching }: ScrollPlace, theme: Theme): string {
  const place = theme.paint('warning', `lines ${first}-${last} of ${count}`);
  if (searching) return `${place}  /${visible(search)}_`;
  const found = search === '' ? '' : `  /${visible(search)}`;
  return `${place}${found}  ${theme.paint('dim', 'j k g G  / n N  Esc')}`;
}

function replayFoot(place: ReplayPlace, theme: Theme): string {
  const { phase, at, duration, silence, speed, unreadable, failure } = place;
  const said = [
    `REPLAY ${phase}`,
    ...(speed === 1 ? [] : [`x${speed}`]),
    ...(silence > 0 ? [`nothing for ${clock(silence)}`] : []),
    ...(unreadable > 0 ? [`${unreadable} lines unreadable`] : []),
    ...(failure === undefined ? [] : [visible(failure)]),
  ].join('  ');
  return `${clock(at)}/${clock(duration)}  ${theme.paint('warning', said)}`;
}

/** A recording may tell any time. */
const LONGEST = 1000 * 3600 - 1;

function clock(seconds: number): string {
  const whole = Math.min(LONGEST, seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
