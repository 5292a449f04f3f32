import type { FileChange } from '../../backends/storage.ts';
import { MachineError } from '../../machines/errors.ts';
import type { Machines } from '../../machines/machines.ts';
import { toPlainPath } from '../../machines/values/plain-path.ts';
import { changeLine } from '../../presentation/lines/change-text.ts';
import type { Output } from '../../presentation/output/output.ts';
import { visibleLines } from '../../presentation/plain-text.ts';
import { defineCommand } from '../program/command-definition.ts';

const help = `
A source is NAME, as it is now, or NAME@SNAPSHOT. One alone is compared with the image that the machine was made from; one of systemd-nspawn
with the snapshot that it goes on from, if there is one.
A added, M modified, D deleted, T another type of file, m another mode, owner or attribute. What was in a deleted directory
is not listed by itself. Behind -- a path inside: only that; one text file that differs is shown as a unified diff.

  tsmachine diff web
  tsmachine diff web@snap1 web -- /etc/hosts`;

interface Pair {
  readonly from: string;
  readonly to: string | undefined;
}

export const command = defineCommand<object>({
  attempt: 'compare',
  completeArguments: ['source', 'source', 'nothing'],
  declare: (command) => {
    command
      .argument('<source>', 'NAME or NAME@SNAPSHOT')
      .argument('[words...]', 'another source; behind --, a path inside')
      .addHelpText('after', help);
  },
  run: async ({ output, machines, afterSeparator }, words) => {
    const { pair, path } = understand(words, afterSeparator);
    const opened = await machines();
    try {
      await tellChanges(output, opened, pair, path);
    } catch (error) {
      throw await asSnapshotOfFirst(error, opened, pair);
    }
    return 0;
  },
});

async function tellChanges(
  output: Output,
  machines: Machines,
  pair: Pair,
  path: string | undefined,
): Promise<void> {
  const changes = machines.diff(pair.from, pair.to, path);
  if (output.json) return asDocument(output, pair, path, changes);
  const only = await printChanges(output, changes, path);
  if (only !== undefined && path !== undefined) await printText(output, machines, pair, path);
}

/** `diff web before`, of who means web@before. */
async function asSnapshotOfFirst(error: unknown, machines: Machines, { from, to }: Pair): Promise<unknown> {
  if (!(error instanceof MachineError) || error.code !== 'no-such-machine') return error;
  if (to === undefined || error.subject !== to || from.includes('@')) return error;
  const names = (await machines.snapshots(from)).map(({ name }) => name);
  if (!names.includes(to)) return error;
  const { message, code, subject } = error;
  return new MachineError(code, message, {
    subject,
    cause: error,
    hint: `a snapshot is NAME@SNAPSHOT: tsmachine diff ${from}@${to} ${from}`,
  });
}

function understand(
  words: readonly string[],
  afterSeparator: number,
): { readonly pair: Pair; readonly path: string | undefined } {
  const sources = words.slice(0, words.length - afterSeparator);
  const paths = words.slice(words.length - afterSeparator);
  const [from, to] = sources;
  if (from === undefined || sources.length > 2 || paths.length > 1) {
    throw new MachineError('usage', 'one or two sources, and behind -- at most one path', {
      hint: 'for example: tsmachine diff web@snap1 web -- /etc',
    });
  }
  const [path] = paths;
  return { pair: { from, to }, path: path === undefined ? undefined : (toPlainPath(path) ?? path) };
}

/** What is asked about by its own path, and is a file that differs, is the caller's to show. */
async function printChanges(
  output: Output,
  changes: AsyncIterable<FileChange>,
  path: string | undefined,
): Promise<FileChange | undefined> {
  let count = 0;
  let only: FileChange | undefined;
  for await (const change of changes) {
    count += 1;
    if (change.path === path && isFile(change)) only = change;
    else output.print([changeLine(change, output.paint)]);
  }
  if (count === 0 && !output.quiet) output.note('no differences');
  return only;
}

function isFile({ kind, before, after }: FileChange): boolean {
  return kind !== 'type' && kind !== 'metadata' && (after ?? before)?.type === 'file';
}

async function printText(
  output: Output,
  machines: Machines,
  { from, to }: Pair,
  path: string,
): Promise<void> {
  const { text, binary } = await machines.diffFile(from, to, path);
  if (text !== null && text !== '') output.raw(visibleLines(text));
  else output.print([`${path}: ${binary ? 'binary files differ' : 'too large to be shown line by line'}`]);
}

async function asDocument(
  output: Output,
  { from, to }: Pair,
  path: string | undefined,
  changes: AsyncIterable<FileChange>,
): Promise<void> {
  const listed = [];
  for await (const { before = null, after = null, ...change } of changes) {
    listed.push({ ...change, before, after });
  }
  output.document({
    from: to === undefined ? 'image' : from,
    to: to ?? from,
    path: path ?? null,
    changes: listed,
  });
}
