/** The tab Charts at a real terminal: of a real machine, and of what cannot be drawn. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { fakeDashboard } from './fake-dashboard.ts';
import { type Person, personAt } from './terminal.ts';

const host = withRoot();
const fake = fakeDashboard();
let person: Person;
const loaded = join(host.root, 'loaded');

beforeAll(async () => {
  await host.done(['create', 'alpha', '-t', 'busybox', '--start']);
  // A network of its own: without one nothing is measured.
  await host.done(['exec', 'alpha', '--', 'ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1']);
  // Node runs it before the program: it writes down which of our bundles are loaded.
  const hook = `
    const { appendFileSync } = require('node:fs');
    const Module = require('node:module');
    const load = Module._load;
    Module._load = function (name, ...rest) {
      if (name.endsWith('.cjs')) appendFileSync(${JSON.stringify(loaded)}, name + '\\n');
      return load.call(this, name, ...rest);
    };`;
  writeFileSync(join(host.root, 'hook.cjs'), hook);
});

afterEach(() => person.close());

describe('the tab Charts', () => {
  it('draws a real machine with what blessed-contrib draws, which is loaded when it is first shown', async () => {
    const NODE_OPTIONS = `--require=${join(host.root, 'hook.cjs')}`;
    const env = { ...host.env, LC_ALL: 'C.UTF-8', NODE_OPTIONS };
    person = personAt([], { columns: 120, rows: 40, env });
    await person.sees(/▸ {2}alpha +● running/);
    const before = readFileSync(loaded, 'utf8');
    expect(before).toContain('load-dashboard.cjs');
    expect(before).not.toContain('charts.cjs');
    person.type('3');
    // An axis, and a line at it: dots of braille.
    await person.sees(/\[3 Charts\][\s\S]*memory {2}[\d.]+[KM]B[\s\S]*⡇[\s\S]*[⠁-⣿]{2}│/);
    await person.sees(/network +.*received \d.*B\/s +.*sent \d.*B\/s/);
    await person.sees(/waits for a processor/);
    expect(readFileSync(loaded, 'utf8').split('charts.cjs')).toHaveLength(2);
    // Alone, and back in time, and all again.
    person.type('\tj\r');
    await person.sees(/▸memory {2}/);
    await expect.poll(() => person.screen()).not.toContain('network');
    person.type('h');
    await person.sees('before the last');
    person.type('G\x1b');
    await person.sees(/now; ←[\s\S]*network/);
    person.type('qq');
    expect(await person.ends).toBe(0);
  });

  it('says why where they cannot be loaded, and all else goes on', async () => {
    const charts = join(host.root, 'is-not-there.cjs');
    expect(existsSync(charts)).toBe(false);
    person = fake.at({ charts });
    await person.sees(/▸ {2}broken/);
    person.type('G3');
    await person.sees(/Cannot find module[\s\S]*is-not-there/);
    person.type('8');
    await person.sees(/\[8 Plan\][\s\S]*cgroup-make/);
    person.type('q');
    expect(await person.ends).toBe(0);
  });

  it('writes nothing while figures are held', async () => {
    person = fake.at({ moving: true });
    await person.sees(/▸ {2}broken/);
    person.type('G3');
    await person.sees(/cpu \(processors\)[\s\S]*⡇/);
    person.type('p');
    await person.sees('PAUSED');
    const before = person.bytes().length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(person.bytes().length).toBe(before);
    person.type('q');
    expect(await person.ends).toBe(0);
  });
});
