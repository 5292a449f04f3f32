/** The cells of `image list`, and who uses an image in words. Pure. */
import type { ImageSummary, LayerUsers } from '../../machines/machines.ts';
import type { Cell } from '../table.ts';
import { formatBytes, formatDistance } from '../units.ts';

const heads: readonly Cell[] = [
  { text: 'IMAGE' },
  { text: 'TEMPLATE' },
  { text: 'OPTIONS' },
  { text: 'SIZE', right: true },
  { text: 'MADE' },
  { text: 'USED BY' },
];

/** Of a digest: enough that no two are the same, and short enough to be read out. */
const SHORT_DIGEST = 12;

export function imageRows(
  images: readonly ImageSummary[],
  now: number,
): { readonly heads: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] } {
  const keys = images.map(({ key }) => key);
  const rows = images.map((image): readonly Cell[] => {
    const { key, template, options, bytes, createdAt, usedBy, problem } = image;
    return [
      { text: shortKey(key, keys) },
      { text: template ?? '-' },
      { text: optionWords(options) || '-' },
      { text: formatBytes(bytes), right: true },
      { text: formatDistance(createdAt, now) },
      problem === null
        ? { text: usersInWords(usedBy) || 'nothing' }
        : { text: `broken: ${problem}`, colour: 'red' },
    ];
  });
  return { heads, rows };
}

/** The digest at its end cut off, where no other key begins so: what is shown can be typed. */
export function shortKey(key: string, all: readonly string[]): string {
  const [, stem = '', digest = ''] = /^(.*?)([0-9a-f]{32,})$/.exec(key) ?? [];
  const short = stem + digest.slice(0, SHORT_DIGEST);
  const isUnique = all.filter((other) => other.startsWith(short)).length === 1;
  return digest !== '' && isUnique ? short : key;
}

/** "2 machines, 1 snapshot and 1 entry of the trash"; empty if there is nobody. */
export function usersInWords({ machines, snapshots, trash }: LayerUsers): string {
  const parts = [
    count(machines.length, 'machine', 'machines'),
    count(snapshots.length, 'snapshot', 'snapshots'),
    count(trash.length, 'entry of the trash', 'entries of the trash'),
  ].filter((part) => part !== '');
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function count(number: number, one: string, several: string): string {
  if (number === 0) return '';
  return `${number} ${number === 1 ? one : several}`;
}

/** What was left to the template is not told. */
function optionWords(options: ImageSummary['options']): string {
  return Object.entries(options)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
