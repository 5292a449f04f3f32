import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MachineError } from '../../src/machines/errors.ts';
import { run } from './stub-machines.ts';

describe('config --edit', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'editor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** An editor that is a shell script; its file is $1. */
  function editor(script: string): Readonly<Record<string, string>> {
    const path = join(folder, 'editor');
    writeFileSync(path, `#!/bin/sh\n${script}\necho "$1" > ${folder}/edited\n`);
    chmodSync(path, 0o755);
    return { EDITOR: path };
  }
  const edited = (): string => readFileSync(join(folder, 'edited'), 'utf8').trim();
  const configText = async () => '{\n  "version": 1,\n  "nesting": false\n}\n';

  it('stores what the editor left, and removes its file', async () => {
    const replaceConfig = vi.fn(async () => undefined);
    const environment = editor(`sed -i s/false/true/ "$1"`);
    const ran = await run(['config', 'web', '--edit'], {
      machines: { configText, replaceConfig },
      environment,
    });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'web: changed\n' });
    expect(replaceConfig).toHaveBeenCalledWith('web', '{\n  "version": 1,\n  "nesting": true\n}\n');
    expect(existsSync(dirname(edited()))).toBe(false);
  });

  it('names its file for what is in it: an editor goes by that', async () => {
    for (const [text, end] of [
      [await configText(), '.json'],
      ['[Exec]\nBoot=yes\n', '.nspawn'],
    ] as const) {
      await run(['config', 'web', '--edit'], {
        machines: { configText: async () => text },
        environment: editor('true'),
      });
      expect(edited()).toMatch(new RegExp(`/web\\${end}$`));
    }
  });

  it('stores nothing when nothing was changed', async () => {
    const environment = editor('true');
    const ran = await run(['config', 'web', '--edit'], { machines: { configText }, environment });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'web: not changed\n' });
  });

  it('keeps a text that is refused, and says where', async () => {
    const replaceConfig = async () => {
      throw new MachineError('invalid-config', 'nesting must be true or false', { hint: 'see README' });
    };
    const environment = editor(`echo '{"mine":1}' > "$1"`);
    const ran = await run(['config', 'web', '--edit'], {
      machines: { configText, replaceConfig },
      environment,
    });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(`hint: see README; your text is kept in ${edited()}`);
    expect(readFileSync(edited(), 'utf8')).toBe('{"mine":1}\n');
    rmSync(dirname(edited()), { recursive: true });
  });

  it('keeps the text when the editor fails', async () => {
    const environment = { EDITOR: 'false' };
    const ran = await run(['config', 'web', '--edit'], { machines: { configText }, environment });
    expect(ran.exitCode).toBe(1);
    const kept = /kept in (\S+)/.exec(ran.stderr)?.[1] ?? '';
    expect(readFileSync(kept, 'utf8')).toContain('"version": 1');
    rmSync(dirname(kept), { recursive: true });
  });
});
