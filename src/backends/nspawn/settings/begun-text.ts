/**
 * What a file of the administrator's begins with where another one counted until then. That of an image is not trusted: systemd-nspawn takes only
 * some of it, and in /etc it would take all. So what it did not take stands there as a comment. Pure.
 */

import type { FoundSettings } from './settings-files.ts';
import { parseSettings, type TextPart } from './settings-text.ts';

/** Those that systemd.nspawn(5) does not call privileged. A key of a later systemd is not among them. */
const harmless: Readonly<Record<string, ReadonlySet<string>>> = {
  Exec: new Set([
    'Boot',
    'DropCapability',
    'Environment',
    'Ephemeral',
    'Hostname',
    'KillSignal',
    'NoNewPrivileges',
    'NotifyReady',
    'Parameters',
    'Personality',
    'PivotRoot',
    'ProcessTwo',
    'ResolvConf',
    'Timezone',
    'User',
    'WorkingDirectory',
  ]),
  Files: new Set(['ReadOnly', 'Volatile']),
};

/** The text that counts, as ours. */
export function begunText({ path, text, place }: FoundSettings): string {
  if (place === 'administrator') return text;
  const from = `# From ${path.replace(/[\r\n\0]/g, ' ')}`;
  if (place === 'runtime') return `${from}\n${text}`;
  const kept = parseSettings(text).map((part) => {
    const written = text.slice(part.start, part.end);
    return isTaken(part) ? written : commented(written);
  });
  return `${from}, which came with the image: what is not trusted of it is left out.\n${kept.join('')}`;
}

/** Each line of it: to systemd a NUL ends one too. */
function commented(lines: string): string {
  return lines.replaceAll('\0', '\n').replace(/^|(\r\n?|\n)(?!$)/g, '$1# not trusted: ');
}

function isTaken({ kind, section = '', key, value }: TextPart): boolean {
  if (kind !== 'assignment') return true;
  // More calls are not trusted; fewer are.
  if (section === 'Exec' && key === 'SystemCallFilter') return value.startsWith('~') || value === '';
  return Object.hasOwn(harmless, section) && harmless[section]?.has(key) === true;
}
