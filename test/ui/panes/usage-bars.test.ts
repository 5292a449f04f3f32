import { expect, test } from 'vitest';
import { bar, usageBars } from '../../../src/ui/panes/usage-bars.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { group, quietHost } from '../../commands/usage-sample.ts';

const theme = createTheme('none', { unicode: false });
const lines = (sample: ReturnType<typeof group>, width = 80) => usageBars(sample, quietHost, theme, width);

test('use stands beside the limit that it is measured by', () => {
  const sample = group('web', {
    cpu: { cores: 0.25, limitCores: 0.5, throttledShare: 0.38 },
    memory: { bytes: 128 * 1024 ** 2, limitBytes: 256 * 1024 ** 2 },
    tasks: { count: 10, limit: 20 },
  });
  expect(lines(sample)).toEqual(
    expect.arrayContaining([
      '  cpu     ##########..........  0.25 of 0.5 (cpu.max), throttled 38%',
      '  memory  ##########..........  128M of 256M (memory.max)',
      '  tasks   ##########..........  10 of 20 (pids.max)',
    ]),
  );
});

test('without a limit it is measured by the host, and said so', () => {
  expect(lines(group('web'))[0]).toBe('  cpu     #...................  0.25 of 4 processors, no limit');
});

test('what the host does not tell is left out', () => {
  expect(lines(group('web')).join('\n')).not.toContain('network');
});

test('bars are short where the pane is narrow', () => {
  expect(lines(group('web'), 50)[0]).toContain('  cpu     #.........  ');
});

test('little use is still seen, and more than all fills the bar', () => {
  expect(bar(0, 4, theme)).toBe('....');
  expect(bar(0.001, 4, theme)).toBe('#...');
  expect(bar(3, 4, theme)).toBe('####');
});
