/** The table in docs/backends.md: what each backend was observed to do. */
import { contract } from './cases.ts';
import type { Observation } from './observing.ts';

export interface Observations {
  readonly native: readonly Observation[];
  readonly nspawn: readonly Observation[];
}

const begin = '<!-- The table is made by `npm run contract`. -->';
const end = '<!-- The end of the table. -->';

/** The document with the table in it made anew. Throws if it has no place for it. */
export function withTable(document: string, observations: Observations): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/backends.md has no "${begin}"`);
  return `${before}${begin}\n\n${table(observations)}\n\n${end}${after}`;
}

function table({ native, nspawn }: Observations): string {
  const notes: string[] = [];
  const rows = contract.map(({ command, does }) => {
    const cells = [native, nspawn].map((all) =>
      cellOf(
        all.find((one) => one.command === command && one.does === does),
        notes,
      ),
    );
    return `| ${[command, does, ...cells].map(escaped).join(' | ')} |`;
  });
  const head = ['| command | what it does | native | nspawn |', '| --- | --- | --- | --- |'];
  return [...head, ...rows, '', ...notes.map((note, index) => `${index + 1}. ${note}`)].join('\n').trimEnd();
}

/** The same reason is told once. */
function cellOf(observation: Observation | undefined, notes: string[]): string {
  if (observation === undefined) return 'not observed';
  if (observation.unsupported === undefined) return 'yes';
  const { why, nearest } = observation.unsupported;
  const note = `${why}: ${nearest}`;
  if (!notes.includes(note)) notes.push(note);
  return `no (${notes.indexOf(note) + 1})`;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
