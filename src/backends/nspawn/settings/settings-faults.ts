/** What systemd-nspawn would silently do without. Keys are not looked at: a later systemd has more. Pure. */
import type { SettingsFault } from '../../manager/settings.ts';
import { parseSettings, type TextPart } from './settings-text.ts';

const sections: readonly string[] = ['Exec', 'Network', 'Files'];

export function settingsFaults(text: string): readonly SettingsFault[] {
  return parseSettings(text).flatMap((part) => {
    const why =
      part.fault ?? unknownSection(part) ?? (part.open ? 'the text ends where the line goes on' : undefined);
    return why === undefined ? [] : [{ line: lineOf(text, part.start), why }];
  });
}

function unknownSection({ kind, section = '' }: TextPart): string | undefined {
  if (kind !== 'section' || sections.includes(section) || section.startsWith('X-')) return undefined;
  return `there is no section [${section}]: ${sections.map((name) => `[${name}]`).join(', ')}, or one with X-`;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}
