/** `config NAME --edit`: the stored text in the person's editor; what was typed is never lost. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MachineError } from '../../machines/errors.ts';
import type { Machines } from '../../machines/machines.ts';
import type { CommandContext } from '../program/command-definition.ts';

export async function editConfig(context: CommandContext, machines: Machines, name: string): Promise<number> {
  const before = await machines.configText(name);
  // mkdtemp makes it 0700: a configuration may hold an environment with secrets.
  const folder = mkdtempSync(join(tmpdir(), 'tsmachine-config-'));
  const file = join(folder, `${name}.${before.startsWith('{') ? 'json' : 'nspawn'}`);
  writeFileSync(file, before, { mode: 0o600 });
  await runEditor(chooseEditor(context.environment), file);
  const after = readFileSync(file, 'utf8');
  if (after === before) {
    rmSync(folder, { recursive: true });
    context.output.report(`${name}: not changed`);
  } else {
    await replace(machines, name, after, file);
    rmSync(folder, { recursive: true });
    context.output.report(`${name}: changed`);
  }
  if (context.output.json) context.output.document({ name, settings: await machines.settings(name) });
  return 0;
}

async function replace(machines: Machines, name: string, text: string, file: string): Promise<void> {
  try {
    await machines.replaceConfig(name, text);
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    const { code, message, subject, hint } = error;
    throw new MachineError(code, message, {
      subject,
      hint: `${hint === undefined ? '' : `${hint}; `}your text is kept in ${file}`,
      cause: error,
    });
  }
}

function chooseEditor(environment: CommandContext['environment']): string {
  return environment['VISUAL'] || environment['EDITOR'] || 'vi';
}

/** Through a shell, as git and crontab do, since EDITOR may hold arguments. */
async function runEditor(editor: string, file: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, editor, file], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to us as well: it is the editor's.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => process.off('SIGINT', ignore));
  if (code !== 0) {
    throw new MachineError('failed', `the editor (${editor}) failed`, {
      hint: `your text is kept in ${file}`,
    });
  }
}
