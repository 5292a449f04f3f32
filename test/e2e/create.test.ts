/** A person who changes their mind while a create waits for the network. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { builtCli } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';
import { type Person, personAtShell } from './terminal.ts';

const host = withRoot();
const commands = join(host.root, 'commands');

let person: Person | undefined;

afterEach(async () => {
  await person?.close();
});

function writeCommand(name: string, script: string): string {
  const path = join(commands, name);
  mkdirSync(commands, { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Runs a command where no busybox can be seen; in a mount namespace of its own, that nobody else misses theirs. */
const withoutBusybox = writeCommand(
  'without-busybox',
  `IFS=:
for folder in $PATH:/bin:/usr/bin:/usr/local/bin:/usr/lib/busybox; do
  for name in busybox busybox-static busybox.static; do
    if [ -f "$folder/$name" ]; then mount --bind /dev/null "$folder/$name"; fi
  done
done
exec "$@"`,
);

/** It has begun to write when it says so, never ends by itself, and tidies up at length when it is told to end. */
writeCommand(
  'apt-get',
  `trap 'kill $!; i=0; while [ $i -lt 2000 ]; do : > tidying-$i; i=$((i+1)); done; exit 1' INT TERM
echo "connecting" > /dev/tty
sleep 1000 & wait`,
);

/** Everything that is kept, but for our own commands. */
function keptFiles(): readonly string[] {
  return readdirSync(host.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== commands)
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a create that waits for the network', () => {
  it('is undone by Ctrl-C with exit code 130, and the next one works', async () => {
    person = personAtShell({ env: { ...host.env, PATH: `${commands}:${process.env['PATH']}` } });
    const create = `'${process.execPath}' '${builtCli}' create web -t busybox`;
    person.type(`unshare --mount '${withoutBusybox}' ${create}; echo "ended with $?."\r`);
    await person.sees(/^connecting$/m);
    person.type('\x03');
    await person.sees(/^ended with \d+\.$/m);
    expect(person.screen()).toMatch(
      /cannot create web: interrupted; what was half done is undone\nended with 130\.$/m,
    );
    expect(keptFiles()).toEqual([]);
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    expect(await host.done(['exec', 'web', '--', 'hostname'])).toBe('web\n');
  });
});
