/** `npm run demo`, as the README promises it: each time the whole way, and nothing left. */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtCli, collect, projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';
import { personAtShell } from './terminal.ts';

const host = withRoot();
const script = join(projectFolder, 'scripts', 'demo.mjs');
/** Its folder and its groups then carry the mark of this file, which looks for leftovers at its end. */
const env = { ...host.env, XDG_CACHE_HOME: host.root };
const builtBefore = statSync(builtCli).ino;

/** Also in dist, which the tests that run beside it use: they have it built once, ahead (test/setup/environment.ts). */
function expectNothingMade(): void {
  expect(readdirSync(host.root)).toEqual([]);
  expect(statSync(builtCli).ino).toBe(builtBefore);
}

describe('the demo', () => {
  it.each(['first', 'second'])(
    'without a terminal shows a machine and a command in it, the %s time',
    async () => {
      const demo = spawn(process.execPath, [script], {
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const { code, stdout, stderr } = await collect(demo);
      expect(stderr).not.toContain('demo:');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^demo +running +native +busybox/m);
      expect(stdout).toMatch(/^this is demo, as root, process \d+$/m);
      expect(stdout).toMatch(/^demo: destroyed for good$/m);
      expectNothingMade();
    },
  );

  it("on a terminal opens the machine's console, and ends when that is left", async () => {
    const person = personAtShell({ env });
    onTestFinished(() => person.close());
    person.type(`'${process.execPath}' '${script}'; echo "ended with $?."\r`);
    await person.sees('Leave: Ctrl-] q');
    await person.sees('root@demo');
    person.type('\x1dq');
    await person.sees(/^ended with 0\.$/m);
    expectNothingMade();
  });
});
