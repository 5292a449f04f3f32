import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { programLine, shellLine } from '../../src/remote/shell-line.ts';

describe('a line for the shell of another host', () => {
  it('brings every word over as it is', () => {
    const words = [
      'a b',
      '',
      "it's",
      '"$HOME"',
      '`id`',
      '$(id)',
      'a\nb',
      '*',
      '~',
      '\\',
      'ü',
      '-n',
      '!x',
      ';',
      '#',
    ];
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${shellLine(words)}`], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  it('takes along what says how this terminal is, and nothing else of the environment', () => {
    const line = programLine(['tsmachine', 'list'], 'root@there', {
      NO_COLOR: '1',
      LANG: 'C.UTF-8',
      COLORTERM: '',
      SECRET: 'x',
    });
    expect(line).toBe('exec env TSMACHINE_SHOWN_HOST=root@there NO_COLOR=1 LANG=C.UTF-8 tsmachine list');
  });
});
