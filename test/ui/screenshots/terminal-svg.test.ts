import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { terminalSvg } from './terminal-svg.ts';

async function pictureOf(text: string, title = 'title'): Promise<string> {
  const terminal = new xterm.Terminal({ cols: 20, rows: 3, allowProposedApi: true });
  await new Promise<void>((resolve) => {
    terminal.write(text, resolve);
  });
  const svg = terminalSvg(terminal, title);
  terminal.dispose();
  return svg;
}

interface Shown {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
}

function textsOf(svg: string): readonly Shown[] {
  return Array.from(svg.matchAll(/<text x="([\d.]+)"[^>]* textLength="([\d.]+)"[^>]*>([^<]*)</g)).map(
    ([, x, length, text = '']) => ({ column: Number(x) / 8, cells: Number(length) / 8, text }),
  );
}

/** Whether each element that is opened is closed, in the right order, and nothing is left that XML would take for markup. */
function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [\w:]+="[^"<]*")*)(\/?)>/gi,
    (_, end: string, name: string, __, empty: string) => {
      if (end === '' && empty === '') open.push(name);
      if (end !== '') expect(open.pop()).toBe(name);
      return '';
    },
  );
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(amp|lt|gt|quot);)/.test(rest);
}

test('what would be markup is text', async () => {
  const svg = await pictureOf('<b a="1">&amp;</b>', 'a <title> & "more"');
  expect(svg).toContain('>&lt;b a=&quot;1&quot;&gt;&amp;amp;&lt;/b&gt;</text>');
  expect(svg).toContain('<title>a &lt;title&gt; &amp; &quot;more&quot;</title>');
  expect(isWellFormed(svg)).toBe(true);
});

test('each piece of text stands in its column and is as long as its cells, whatever lies between', async () => {
  const texts = textsOf(await pictureOf('ab   c d\x1b[31m  ef\x1b[m日本 x'));
  expect(texts).toEqual([
    { column: 0, cells: 2, text: 'ab' },
    { column: 5, cells: 3, text: 'c d' },
    { column: 10, cells: 2, text: 'ef' },
    { column: 12, cells: 2, text: '日' },
    { column: 14, cells: 2, text: '本' },
    { column: 17, cells: 1, text: 'x' },
  ]);
});

test('lines and blocks are drawn, so that no font leaves gaps in them', async () => {
  const svg = await pictureOf('┏━━┓▄█');
  expect(textsOf(svg)).toEqual([]);
  expect(svg).toContain('<rect x="32" y="8.5" width="8" height="8.5"');
  expect(isWellFormed(svg)).toBe(true);
});

test('dots are drawn where they are in their cell', async () => {
  const svg = await pictureOf('⠁ ⡇');
  expect(textsOf(svg)).toEqual([]);
  expect(svg).toContain('<rect x="0.48" y="0.68" ');
  // Four in the left half.
  expect(svg.match(/M16\.48 /g)).toHaveLength(4);
  expect(isWellFormed(svg)).toBe(true);
});

test('colours, bold and reversed cells are kept', async () => {
  const svg = await pictureOf('\x1b[1;38;5;196mred\x1b[0;7mback\x1b[0;38;2;1;2;3mown');
  expect(svg).toMatch(/fill="#ff0000" class="b">red</);
  expect(svg).toMatch(/<rect x="24" y="0" width="32" height="17" fill="#d3d8e2"\/>/);
  expect(svg).toMatch(/fill="#11151c">back</);
  expect(svg).toMatch(/fill="#010203">own</);
});

test('the same cells are the same picture, and it names nothing of the host', async () => {
  expect(await pictureOf('text')).toBe(await pictureOf('text'));
  expect(await pictureOf('text')).not.toMatch(/href|file:|\/tmp/);
});
