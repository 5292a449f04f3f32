/** Does to a stopped machine what can be done to one, and checks what `--json` says against its description. */
import { join } from 'node:path';
import type { HostRoot } from '../setup/with-root.ts';
import { checkDocument, type DocumentName } from './documents.ts';

/** Afterwards the machine is stopped again, and called as before. Its copies are gone. */
export async function doAllTo({ done, root }: Pick<HostRoot, 'done' | 'root'>, name: string): Promise<void> {
  const archive = join(root, `${name}.tar`);
  const told = async (document: DocumentName, ...args: readonly string[]) =>
    checkDocument(document, await done([...args, '--json']));
  await told('set', 'set', name, 'memory.max=256M');
  await told('snapshot', 'snapshot', name, 'one', '--comment', 'the first');
  await told('start', 'start', name);
  await done(['exec', name, '--', 'sh', '-c', 'echo a > /written; echo b >> /etc/hosts; ln -s a /link']);
  await told('freeze', 'freeze', name);
  await told('freeze', 'unfreeze', name);
  await told('stop', 'stop', name);
  await told('diff', 'diff', `${name}@one`, name);
  await told('snapshot', 'snapshot', name, 'two');
  await told('restore', 'restore', name, 'one');
  await told('undo', 'undo');
  await told('snapshotRemove', 'snapshot-remove', name, 'two');
  await told('undo', 'undo');
  await told('snapshotRemove', 'snapshot-remove', name, 'one', 'two');
  await told('undo', 'undo');
  await told('export', 'export', name, archive, '--snapshots');
  await told('import', 'import', archive, `${name}-back`);
  await told('clone', 'clone', name, `${name}-copy`);
  await told('rename', 'rename', `${name}-copy`, `${name}-moved`);
  await told('start', 'start', `${name}-moved`);
  await told('kill', 'kill', `${name}-moved`);
  await told('destroy', 'destroy', '--force', `${name}-moved`);
  await told('trash', 'trash', 'list');
  await told('undo', 'undo');
  await told('destroy', 'destroy', '--now', `${name}-moved`, `${name}-back`);
}
