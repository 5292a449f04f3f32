/** Consoles with what machines would write given by the test: what is typed at them goes where, and what is said around them. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ConsoleConnection, ConsoleEvent } from '../../../src/backends/backend.ts';
import { type Consoles, createConsoles } from '../../../src/ui/consoles/consoles.ts';
import { inner, layoutOf } from '../../../src/ui/layout.ts';
import { consoleBox } from '../../../src/ui/panes/console-box.ts';
import { applySettings } from '../../../src/ui/settings/kept-settings.ts';
import { createStore, type Store } from '../../../src/ui/store/store.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { machine, shown } from '../shown-state.ts';

interface FakeMachine {
  readonly typed: () => string;
  readonly sizes: (readonly [number, number])[];
  /** Resolves when the console has taken it in. */
  readonly says: (text: string) => Promise<void>;
  readonly ends: () => Promise<void>;
  closed: boolean;
}

interface Desk {
  readonly store: Store;
  readonly consoles: Consoles;
  readonly machines: ReadonlyMap<string, FakeMachine>;
  /** How often a change was asked to be painted. */
  readonly paints: () => number;
  readonly type: (keys: string) => string;
  readonly foot: (id: string) => string;
  readonly text: (id: string) => string;
}

const theme = createTheme('none', { unicode: true });
const desks: Desk[] = [];

function deskOf(
  names: readonly string[],
  replay: Readonly<Record<string, string>> = {},
  leader = '^]',
): Desk {
  const machines = new Map<string, FakeMachine>();
  let paints = 0;
  const running = shown(names.map((name) => machine(name, { state: 'running' })));
  const store = createStore(applySettings(running, { leader }), () => undefined);
  const consoles = createConsoles({
    store,
    onChange: () => {
      paints += 1;
    },
    onFocus: () => undefined,
    deeds: { record: () => undefined, handOff: () => undefined },
    connect: async (id) => {
      const { connection, fake } = fakeMachine(replay[id] ?? '');
      machines.set(id, fake);
      return { connection, replayBytes: (replay[id] ?? '').length };
    },
  });
  store.subscribe(consoles.fit);
  const desk: Desk = {
    store,
    consoles,
    machines,
    paints: () => paints,
    type: (keys) => consoles.type(Buffer.from(keys, 'latin1')).toString('latin1'),
    foot: (id) => consoleBox(store.state(), theme, id).foot,
    text: (id) => consoles.regions().get(`console ${id}`)?.lines.join('\n') ?? '',
  };
  desks.push(desk);
  return desk;
}

function fakeMachine(replay: string): { readonly connection: ConsoleConnection; readonly fake: FakeMachine } {
  let typed = '';
  const events: ConsoleEvent[] = [];
  let wake: () => void = () => undefined;
  const taken: (() => void)[] = [];
  let over = false;
  async function* output(): AsyncIterable<ConsoleEvent> {
    if (replay !== '') yield { type: 'data', bytes: Buffer.from(replay) };
    while (!over) {
      const event = events.shift();
      if (event === undefined) {
        for (const done of taken.splice(0)) done();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else yield event;
      if (event?.type === 'end') break;
    }
    for (const done of taken.splice(0)) done();
  }
  const say = (event: ConsoleEvent) =>
    new Promise<void>((resolve) => {
      events.push(event);
      taken.push(resolve);
      wake();
    });
  const fake: FakeMachine = {
    typed: () => typed,
    sizes: [],
    says: (text) => say({ type: 'data', bytes: Buffer.from(text) }),
    ends: () => say({ type: 'end', exit: { reason: 'halt', code: 0, signal: 0, endedAt: 0 } }),
    closed: false,
  };
  return {
    fake,
    connection: {
      output: output(),
      write: async (bytes) => {
        typed += Buffer.from(bytes).toString('latin1');
      },
      resize: (columns, rows) => {
        fake.sizes.push([columns, rows]);
      },
      close: () => {
        fake.closed = true;
        over = true;
        wake();
      },
    },
  };
}

async function opened(desk: Desk, id: string): Promise<FakeMachine> {
  desk.consoles.open(id);
  return whenOpen(desk, id);
}

async function whenOpen(desk: Desk, id: string): Promise<FakeMachine> {
  while (!desk.store.state().consoles.includes(id)) await new Promise(setImmediate);
  const found = desk.machines.get(id);
  if (found === undefined) throw new Error(`${id} was never connected`);
  await found.says('');
  return found;
}

afterEach(() => {
  for (const { consoles } of desks.splice(0)) consoles.close();
});

describe('the leader', () => {
  it.each([
    ['q', '\x1dq'],
    ['d', '\x1dd'],
    ['itself', '\x1d\x1d'],
  ])('and %s leaves for the tab, where keys are the dashboard’s again', async (_, keys) => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    expect(desk.type(`ab${keys}j`)).toBe('j');
    expect(web.typed()).toBe('ab');
    expect(desk.store.state()).toMatchObject({ focus: 'detail', tab: 'console' });
  });

  it('three times does no more than twice: nothing is typed', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    const rest = desk.type('\x1d\x1d\x1d');
    desk.store.press({ name: rest === '\x1d' ? 'ctrl-]' : 'none', text: '' });
    expect(web.typed()).toBe('');
    expect(desk.store.state()).toMatchObject({ focus: 'detail', tab: 'console' });
  });

  it('and ] sends one; with a key that means nothing both are sent', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    desk.type('\x1d]\x1dy');
    expect(web.typed()).toBe('\x1d\x1dy');
  });

  it('shows what it can do until its key comes; else the border says how to leave', async () => {
    const desk = deskOf(['web']);
    await opened(desk, 'web');
    expect(desk.foot('web')).toContain('Ctrl-] leaves');
    desk.type('\x1d');
    expect(desk.foot('web')).toContain('[ scroll');
    desk.type('z');
    expect(desk.foot('web')).toContain('Ctrl-] leaves');
    expect(desk.store.state().zoomed).toBe(true);
  });

  it('and n or p goes to the next or previous console, and selects its machine', async () => {
    const desk = deskOf(['a', 'b', 'c']);
    const a = await opened(desk, 'a');
    const b = await opened(desk, 'b');
    desk.type('\x1dp1\x1dn2');
    expect(a.typed()).toBe('1');
    expect(b.typed()).toBe('2');
    expect(desk.store.state().selected).toBe('b');
  });
});

describe('a console', () => {
  it('gets what was typed before it was connected', async () => {
    const desk = deskOf(['web']);
    desk.consoles.open('web');
    desk.type('early');
    expect((await whenOpen(desk, 'web')).typed()).toBe('early');
  });

  it('answers no query of before, and those of now', async () => {
    const desk = deskOf(['web'], { web: 'old \x1b[6n\x1b[c' });
    const web = await opened(desk, 'web');
    expect(desk.text('web')).toContain('old');
    expect(web.typed()).toBe('');
    await web.says('\x1b[2;3H\x1b[6n');
    expect(web.typed()).toBe('\x1b[2;3R');
  });

  it('has the size of its pane while it is seen; one that is not keeps its own', async () => {
    const desk = deskOf(['a', 'b']);
    const a = await opened(desk, 'a');
    const b = await opened(desk, 'b');
    const { detail } = layoutOf(desk.store.state());
    const { width, height } = inner(detail as NonNullable<typeof detail>);
    expect(b.sizes.at(-1)).toEqual([width, height]);
    const before = a.sizes.length;
    desk.store.tell({ type: 'resize', size: { columns: 150, rows: 50 } });
    expect(b.sizes.at(-1)).not.toEqual([width, height]);
    expect(a.sizes).toHaveLength(before);
  });

  it('is painted when it is seen, and never when it is not', async () => {
    const desk = deskOf(['a', 'b']);
    const a = await opened(desk, 'a');
    const b = await opened(desk, 'b');
    const before = desk.paints();
    await a.says('hidden\r\n'.repeat(5000));
    expect(desk.paints()).toBe(before);
    await b.says('seen');
    expect(desk.paints()).toBeGreaterThan(before);
  });

  it('that ends says how, and its last screen stays; keys are the dashboard’s', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    await web.says('last words');
    await web.ends();
    while (desk.store.state().consoles.length > 0) await new Promise(setImmediate);
    expect(desk.foot('web')).toContain('powered off');
    expect(desk.text('web')).toContain('last words');
    expect(desk.store.state()).toMatchObject({ focus: 'detail', consoles: [] });
    expect(desk.type('x')).toBe('x');
  });

  it('has another leader if the settings say so, which sends itself when typed twice', async () => {
    const desk = deskOf(['web'], {}, '^a');
    const web = await opened(desk, 'web');
    expect(desk.foot('web')).toContain('Ctrl-a q leaves');
    desk.type('\x1d\x01\x01\x01a\x01x');
    expect(web.typed()).toBe('\x1d\x01\x01\x01x');
    desk.type('\x01q');
    expect(desk.store.state().focus).toBe('detail');
  });

  it('of a machine that is no more is closed', async () => {
    const desk = deskOf(['web', 'db']);
    const web = await opened(desk, 'web');
    desk.store.tell({ type: 'machines', machines: [machine('db')] });
    expect(web.closed).toBe(true);
    expect(desk.store.state()).toMatchObject({ focus: 'detail', consoles: [] });
  });

  it('of a frozen machine says so', async () => {
    const desk = deskOf(['web']);
    await opened(desk, 'web');
    desk.store.tell({ type: 'machines', machines: [machine('web', { state: 'frozen' })] });
    expect(desk.foot('web')).toContain('frozen');
  });

  it('gets nothing typed with --read-only, not even an answer', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    desk.store.update((state) => ({ ...state, readOnly: true }));
    desk.type('rm');
    await web.says('\x1b[6n');
    expect(web.typed()).toBe('');
  });
});

describe('a program in a console', () => {
  it('gets cursor keys as it asked for them', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    desk.type('\x1b[A');
    await web.says('\x1b[?1h');
    desk.type('\x1b[A');
    expect(web.typed()).toBe('\x1b[A\x1bOA');
  });

  it('gets the brackets of a paste only if it asked', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    desk.type('\x1b[200~one\x1b[201~');
    await web.says('\x1b[?2004h');
    desk.type('\x1b[200~two\x1b[201~');
    expect(web.typed()).toBe('one\x1b[200~two\x1b[201~');
  });

  it('gets the mouse in places of its own only if it asked, and never from beside it', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    const { detail } = layoutOf(desk.store.state());
    const { column, row } = inner(detail as NonNullable<typeof detail>);
    const press = (x: number, y: number) => `\x1b[<0;${x + 1};${y + 1}M`;
    desk.type(press(column + 4, row + 2));
    expect(web.typed()).toBe('');
    await web.says('\x1b[?1000h\x1b[?1006h');
    desk.type(press(column + 4, row + 2));
    expect(web.typed()).toBe('\x1b[<0;5;3M');
    desk.type(press(2, 3));
    expect(web.typed()).toBe('\x1b[<0;5;3M');
    expect(desk.store.state().focus).toBe('list');
  });

  it('gets each move of the mouse while it has the keys, if it asked', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    const { detail } = layoutOf(desk.store.state());
    const { column, row } = inner(detail as NonNullable<typeof detail>);
    expect(desk.consoles.wantsMoves()).toBe(false);
    await web.says('\x1b[?1003h\x1b[?1006h');
    expect(desk.consoles.wantsMoves()).toBe(true);
    desk.type(`\x1b[<35;${column + 3};${row + 2}M`);
    expect(web.typed()).toBe('\x1b[<35;3;2M');
    desk.type('\x1dq');
    expect(desk.consoles.wantsMoves()).toBe(false);
  });

  it('is told that keys come to it and go, if it asked', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    await web.says('\x1b[?1004h');
    desk.type('\x1dq');
    await opened(desk, 'web');
    expect(web.typed()).toBe('\x1b[O\x1b[I');
  });
});

describe('lines above the screen', () => {
  const numbered = Array.from({ length: 300 }, (_, n) => `line ${n + 1}.`).join('\r\n');

  it('are looked at by keys, with the position told, and Esc goes back to what comes', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    await web.says(numbered);
    desk.type('\x1d[');
    desk.type('g');
    expect(desk.text('web')).toContain('line 1.');
    expect(desk.foot('web')).toMatch(/lines 1-\d+ of 300/);
    desk.type('\x1b[B');
    expect(desk.foot('web')).toMatch(/lines 2-\d+ of 300/);
    desk.type('\x1b');
    desk.consoles.flush();
    expect(desk.text('web')).toContain('line 300.');
    expect(desk.foot('web')).toContain('Ctrl-] leaves');
    expect(web.typed()).toBe('');
  });

  it('are searched, forward and back, round the end', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    await web.says(numbered);
    desk.type('\x1d[g/LINE 77.\r');
    expect(desk.text('web')).toContain('\x1b[0;7mline 77.');
    desk.type('/e 1.\rn');
    expect(desk.text('web')).toContain('\x1b[0;7me 1.');
  });

  it('stay in sight while more comes, also when old ones are given up', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    await web.says(numbered);
    desk.type('\x1d[kkk');
    const before = desk.text('web');
    await web.says('\r\nmore'.repeat(1800));
    expect(desk.text('web')).toBe(before);
    await web.says('\r\nmore'.repeat(5000));
    expect(desk.foot('web')).toMatch(/lines 1-\d+ of /);
  });

  it('are scrolled by the wheel where no program has the mouse, and the next key types again', async () => {
    const desk = deskOf(['web']);
    const web = await opened(desk, 'web');
    await web.says(numbered);
    desk.type('\x1b[<64;90;10M');
    expect(desk.foot('web')).toMatch(/lines \d+-297 of 300/);
    desk.type('x');
    expect(web.typed()).toBe('x');
    expect(desk.text('web')).toContain('line 300.');
  });
});

describe('consoles side by side', () => {
  it('are all painted, each of its size; n goes from one to the next, and z covers the others', async () => {
    const desk = deskOf(['a', 'b', 'c']);
    desk.consoles.openGrid(['a', 'b', 'c']);
    for (const id of ['a', 'b', 'c']) await (await whenOpen(desk, id)).says(`I am ${id}`);
    expect([...desk.consoles.regions().keys()]).toEqual(['console a', 'console b', 'console c']);
    for (const id of ['a', 'b', 'c']) expect(desk.text(id)).toContain(`I am ${id}`);
    desk.type('\x1dnx');
    expect(desk.machines.get('b')?.typed()).toBe('x');
    desk.type('\x1dz');
    expect([...desk.consoles.regions().keys()]).toEqual(['console b']);
  });

  it('get what is typed all at once while it is said loudly, until it is ended', async () => {
    const desk = deskOf(['a', 'b', 'c']);
    desk.consoles.openGrid(['a', 'b']);
    await whenOpen(desk, 'b');
    await whenOpen(desk, 'a');
    desk.type('1\x1db2');
    expect(consoleBox(desk.store.state(), theme, 'b').role).toBe('danger');
    expect(desk.foot('b')).toContain('TYPING TO ALL 2');
    desk.type('\x1db3');
    expect(desk.machines.get('a')?.typed()).toBe('123');
    expect(desk.machines.get('b')?.typed()).toBe('2');
    expect(consoleBox(desk.store.state(), theme, 'b').role).toBeUndefined();
  });

  it('no longer get what is typed when they were left', async () => {
    const desk = deskOf(['a', 'b']);
    desk.consoles.openGrid(['a', 'b']);
    await whenOpen(desk, 'a');
    await whenOpen(desk, 'b');
    desk.type('\x1db\x1dq');
    desk.consoles.open('a');
    desk.type('x');
    expect(desk.machines.get('b')?.typed()).toBe('');
  });

  it('are left one level at a time: the console, the grid, the tab', async () => {
    const desk = deskOf(['a', 'b']);
    desk.consoles.openGrid(['a', 'b']);
    await whenOpen(desk, 'b');
    desk.type('\x1dq');
    const places = [0, 1, 2].map(() => {
      const { focus, view, zoomed } = desk.store.state();
      desk.store.press({ name: 'esc', text: '' });
      return `${focus} ${view.grid.length} ${zoomed}`;
    });
    expect(places).toEqual(['detail 2 true', 'detail 0 false', 'list 0 false']);
  });
});
