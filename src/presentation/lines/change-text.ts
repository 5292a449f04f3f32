/** One difference between two states of files, as a line. Pure. */
import type { FileAttributes, FileChange } from '../../backends/storage.ts';
import type { Colour, Paint } from '../paint.ts';
import { visible } from '../plain-text.ts';
import { formatBytes } from '../units.ts';

/** The letters of other tools' lists; m is for what is not content. */
const marks: Readonly<Record<FileChange['kind'], readonly [string, Colour]>> = {
  added: ['A', 'green'],
  modified: ['M', 'yellow'],
  deleted: ['D', 'red'],
  type: ['T', 'yellow'],
  metadata: ['m', 'cyan'],
};

export function changeLine(change: FileChange, paint: Paint): string {
  const [letter, colour] = marks[change.kind];
  const about = aboutChange(change);
  const path = visible(change.path);
  return `${paint(colour, letter)}  ${path}${about === '' ? '' : paint('dim', `  ${about}`)}`;
}

function aboutChange({ before, after }: FileChange): string {
  if (before === undefined || after === undefined) return aboutOne(after ?? before);
  if (before.type !== after.type) {
    const now = after.type === 'file' ? `file, ${aboutOne(after)}` : after.type;
    return `${before.type} -> ${now}`;
  }
  return [sizes(before, after), owners(before, after), modes(before, after)].filter(Boolean).join(', ');
}

function aboutOne(one: FileAttributes | undefined): string {
  if (one === undefined) return '';
  return one.type === 'file' ? formatBytes(one.size) : one.type;
}

function sizes(before: FileAttributes, after: FileAttributes): string {
  if (after.type !== 'file' || before.size === after.size) return '';
  return `${formatBytes(before.size)} -> ${formatBytes(after.size)}`;
}

function owners(before: FileAttributes, after: FileAttributes): string {
  const words = ({ uid, gid }: FileAttributes) => `${uid}:${gid}`;
  return words(before) === words(after) ? '' : `owner ${words(before)} -> ${words(after)}`;
}

function modes(before: FileAttributes, after: FileAttributes): string {
  const words = ({ mode }: FileAttributes) => mode.toString(8).padStart(4, '0');
  return before.mode === after.mode ? '' : `mode ${words(before)} -> ${words(after)}`;
}
