import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Binding, bindings } from '../../src/ui/keys.ts';
import { columnNames } from '../../src/ui/state/columns.ts';
import { sortColumns } from '../../src/ui/state/dashboard-state.ts';
import { themeNames } from '../../src/ui/theme.ts';

const document = readFileSync(new URL('../../docs/dashboard.md', import.meta.url), 'utf8');

const titles: Readonly<Record<Binding['place'], string>> = {
  everywhere: 'Everywhere',
  list: 'In the list',
  detail: 'In the tabs',
  charts: 'In the tab Charts',
  snapshots: 'In the tab Snapshots',
  changes: 'In the tab Changes',
  replay: 'While a recording is played',
  console: 'In a console',
};

function keyTables(): string {
  return Object.entries(titles)
    .map(([place, title]) => {
      const rows = (bindings as readonly Binding[])
        .filter((binding) => binding.place === place)
        .map(
          ({ action, keys, help }) =>
            `| ${keys.map((key) => `\`${key}\``).join(' ')} | ${action} | ${help} |`,
        );
      return rows.length === 0
        ? ''
        : [`${title}:`, '', '| keys | action | |', '|---|---|---|', ...rows, ''].join('\n');
    })
    .filter(Boolean)
    .join('\n');
}

test('docs/dashboard.md has all keys as they are', () => {
  expect(document.slice(document.indexOf('Everywhere:'))).toBe(keyTables());
});

test('docs/dashboard.md names all themes, columns and ways to sort', () => {
  for (const name of [...themeNames, ...columnNames, ...sortColumns])
    expect(document).toContain(`\`${name}\``);
});
