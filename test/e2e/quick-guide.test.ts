/** The README's quick guide, line by line, typed by a person into a shell. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';
import { type Person, personAtShell } from './terminal.ts';

const host = withRoot();

function quickGuide(): readonly string[] {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  const chapter = readme.split('## Quick guide')[1]?.split('\n## ')[0] ?? '';
  const lines = chapter.split('\n').filter((line) => line.startsWith('    tsmachine '));
  // An installation of Debian takes a minute: test/host/debian types the same words, with an image that is there.
  return lines.map((line) => line.replace(/ +#.*$/, '').trim()).filter((line) => !/ -t debian\b/.test(line));
}

describe("the README's quick guide", () => {
  let person: Person;
  beforeAll(() => {
    // What the guide calls a person's own: a site, and a folder of sources.
    const home = join(host.root, 'home');
    for (const folder of ['site', 'src']) mkdirSync(join(home, folder), { recursive: true });
    person = personAtShell({ env: { ...host.env, HOME: home } });
    person.type('cd\r');
  });
  afterAll(() => person.close());

  it.each(quickGuide().map((line, index) => [line, index] as const))('%s', async (line, index) => {
    person.type(`${line}; echo "line ${index} ended with $?."\r`);
    if (/ console /.test(line)) {
      await person.sees('Leave: Ctrl-] q');
      person.type('\u001dq');
    }
    if (/ top$/.test(line)) {
      await person.sees(/^▸ web /m);
      person.type('q');
    }
    if (/ shell /.test(line)) {
      await person.sees('root@web');
      person.type('exit\r');
    }
    // The number is part of the answer alone: the typed line has it too, but not with a code.
    await person.sees(new RegExp(`line ${index} ended with 0\\.`));
  });
});
