/** Asks about a machine in every way that there is, and checks what `--json` says against its description. */
import { expect } from 'vitest';
import type { HostRoot } from '../setup/with-root.ts';
import { checkDocument, type DocumentName } from './documents.ts';

type Questions = Readonly<Partial<Record<DocumentName, readonly string[]>>>;

const documentsOf = (name: string): Questions => ({
  list: ['list', '--columns', 'name,disk'],
  info: ['info', name],
  config: ['config', name],
  plan: ['plan', name],
  snapshots: ['snapshots', name],
  images: ['image', 'list'],
  trash: ['trash', 'list'],
  doctor: ['doctor'],
  autostart: ['autostart', '--list', '--all'],
});

const streamsOf = (name: string): Questions => ({
  event: ['events'],
  logLine: ['logs', name],
  top: ['top', '--batch', '--iterations', '2', '--interval', '0.1'],
  topAll: ['top', '--once', '--interval', '0', '--all'],
});

/** `doctor` may find problems of the host that the tests run on: it says so with its exit code. */
export async function lookAtAllOf({ cli }: Pick<HostRoot, 'cli'>, name: string): Promise<void> {
  for (const [document, args] of Object.entries(documentsOf(name))) {
    const { code, stdout, stderr } = await cli([...args, '--json']);
    if (document !== 'doctor') expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
    checkDocument(document as DocumentName, stdout);
  }
  for (const [document, args] of Object.entries(streamsOf(name))) {
    const { code, stdout, stderr } = await cli([...args, '--json']);
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
    const lines = stdout.split('\n').filter((line) => line !== '');
    for (const line of lines) checkDocument(document as DocumentName, line);
  }
  const once = await cli(['top', '--once', '--interval', '0.1', '--json']);
  checkDocument('top', once.stdout);
}
