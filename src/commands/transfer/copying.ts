/** What push and pull share: their options, and what they say. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CopyRequest, TransferResult } from '../../machines/machines.ts';
import type { Output } from '../../presentation/output/output.ts';
import { formatBytes } from '../../presentation/units.ts';

export interface CopyOptions {
  readonly parents?: true;
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly keepOwners?: true;
}

export function declareCopyOptions(command: Command, receiver: string): void {
  command
    .option('-p, --parents', "make what is missing of DST's directory")
    .addOption(
      new Option('--owner <uid[:gid]>', `whose the copies are, by number (default: ${receiver})`).argParser(
        owner,
      ),
    )
    .addOption(
      new Option('--keep-owners', 'the same numbers on both sides, and access control lists').conflicts(
        'owner',
      ),
    );
}

/** The greatest number that is an id: the next one means "none". */
const MOST_ID = 4_294_967_294;

function owner(text: string): { readonly uid: number; readonly gid: number } {
  const [, first, second = first] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  const [uid, gid] = [Number(first), Number(second)];
  if (!(uid <= MOST_ID && gid <= MOST_ID)) {
    throw new InvalidArgumentError('It must be UID or UID:GID, numbers; UID alone is its group too.');
  }
  return { uid, gid };
}

export function copyRequest(
  words: readonly string[],
  { parents, owner, keepOwners }: CopyOptions,
): Pick<CopyRequest, 'sources' | 'target' | 'parents' | 'owner'> {
  return {
    sources: words.slice(0, -1),
    target: words.at(-1) ?? '',
    parents: parents === true,
    owner: keepOwners === true ? 'keep' : owner,
  };
}

/** So many are named, the others counted. */
const SHOWN = 10;

const reasons: Readonly<Record<string, string>> = {
  device: 'a device',
  socket: 'a socket',
  fifo: 'a FIFO',
  kernel: 'a file system of the kernel',
  changed: 'gone or exchanged meanwhile',
};

/** `deed`: "pushed to /etc". */
export function tellCopied(
  output: Output,
  name: string,
  deed: string,
  target: string,
  result: TransferResult,
): void {
  const { files, bytes, skipped, skippedCount } = result;
  if (output.json) {
    output.document({ name, target, files, bytes, skipped, skippedCount });
    return;
  }
  for (const { why, path } of skipped.slice(0, SHOWN)) {
    output.note(`${name}: ${JSON.stringify(path).slice(1, -1)} is left out: ${reasons[why] ?? why}`);
  }
  if (skippedCount > SHOWN) output.note(`${name}: ${skippedCount - SHOWN} more are left out`);
  output.report(`${name}: ${files === 1 ? 'one file' : `${files} files`}, ${formatBytes(bytes)}, ${deed}`);
}
