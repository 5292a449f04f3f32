/** A tmux server of its own, without anybody's configuration, and one window of it with a shell. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { builtCli } from '../setup/run-cli.ts';
import { describeSession, explained } from '../setup/terminal-processes.ts';

export interface Tmux {
  /** Letters as they are; `Enter`, `C-]` and such by keys(). */
  readonly type: (text: string) => void;
  readonly keys: (...names: readonly string[]) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** What the window shows. */
  readonly shown: () => string;
  /** The same with colours (SGR). */
  readonly coloured: () => string;
  readonly sees: (what: string | RegExp) => Promise<void>;
  /** A format of tmux(1), such as `#{alternate_on}`. */
  readonly tells: (format: string) => string;
  readonly close: () => void;
}

const patience = { interval: 50 };

export interface TmuxOptions {
  /** What programs in it are told as TERM. */
  readonly terminal: string;
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
}

export function openTmux({ terminal, columns, rows, env }: TmuxOptions): Tmux {
  const folder = mkdtempSync(join(tmpdir(), 'tsmachine-tmux-'));
  const surroundings: NodeJS.ProcessEnv = { ...process.env, ...env, HISTFILE: '' };
  // Whoever runs the tests may sit in one.
  delete surroundings['TMUX'];
  const tmux = (...words: readonly string[]): string =>
    execFileSync('tmux', ['-S', join(folder, 'socket'), '-f', '/dev/null', ...words], {
      env: surroundings,
      encoding: 'utf8',
    });
  const size = ['-x', String(columns), '-y', String(rows)];
  const session = ['new-session', '-d', ...size, 'bash --norc --noprofile -i'];
  tmux('start-server', ';', 'set', '-g', 'default-terminal', terminal, ';', ...session);
  const shown = (): string => tmux('capture-pane', '-p');
  const tells = (format: string): string => tmux('display-message', '-p', format).trim();
  const type = (text: string): void => void tmux('send-keys', '-l', '--', text);
  type(`PS1='prompt> '; tsmachine() { '${process.execPath}' '${builtCli}' "$@"; }; clear\n`);
  return {
    type,
    keys: (...names) => void tmux('send-keys', ...names),
    resize: (x, y) => void tmux('resize-window', '-x', String(x), '-y', String(y)),
    shown,
    coloured: () => tmux('capture-pane', '-p', '-e'),
    sees: (what) => {
      const polled = expect.poll(shown, patience);
      const seen = typeof what === 'string' ? polled.toContain(what) : polled.toMatch(what);
      return explained(seen, () => describeSession(Number(tells('#{pane_pid}'))));
    },
    tells,
    close: () => {
      tmux('kill-server');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
