/** Files of a terabyte that hold next to nothing: what is done to them costs what they hold. Read to their ends they would take hours. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';

const { root, done } = withRoot();

/** Four KiB of `letter` in the middle of `file`. */
function makeSparse(name: string, file: string, letter: string): void {
  const script = `mkdir -p root; truncate -s 1T root/${file}
    head -c 4096 /dev/zero | tr '\\0' ${letter} | dd of=root/${file} bs=4096 seek=100000000 conv=notrunc status=none`;
  execFileSync('sh', ['-ec', script], { cwd: join(root, 'machines', name, 'storage', 'upper') });
}

async function changes(...words: readonly string[]): Promise<readonly string[]> {
  const told: readonly { path: string; kind: string }[] = JSON.parse(
    await done(['diff', '--json', ...words]),
  ).changes;
  return told.filter(({ path }) => path.startsWith('/root/')).map(({ path, kind }) => `${kind} ${path}`);
}

describe('sparse files of a terabyte', () => {
  it('are compared, and kept while the machine runs', async () => {
    for (const name of ['one', 'other']) {
      await done(['create', name, '-t', 'busybox']);
      makeSparse(name, 'same', 's');
      makeSparse(name, 'different', name === 'one' ? '1' : '2');
      execFileSync('touch', ['-d', '2001-02-03', join(root, 'machines', name, 'storage/upper/root/same')]);
    }
    expect(await changes('one', 'other')).toEqual(['modified /root/different']);
    await done(['start', 'one']);
    await done(['snapshot', 'one', 'kept']);
    expect(await changes('one', 'one@kept')).toEqual([]);
    expect(await changes('one@kept', 'other')).toEqual(['modified /root/different']);
  });
});
