import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pty from 'node-pty';
import { describe, expect, it } from 'vitest';
import { builtCli, builtHelper, spawnCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';
import { type Outcomes, parseOutcomes } from './attack.ts';
import { type Target, withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
const privileged = withTarget(host, 'privileged', { settings: ['privileged=true'] });
const unfiltered = withTarget(host, 'unfiltered', {
  weakenings: [{ without: '^seccomp ' }],
});

describe('the program that enters a machine', () => {
  it('is not read, traced or held by who waits for it inside (CVE-2016-9962)', async () => {
    const { outcomes, intact } = await attackOn(machine, async (enter) => {
      for (let round = 0; round < 30; round += 1) expect(await enter('true')).toBe(0);
    });
    expect(intact).toBe(true);
    expect(outcomes).toMatchObject({ held: '0', peeked: '0', written: '0' });
  });

  // Without a user namespace it can be held, but is a program on a read-only mount.
  it.each([
    ['a machine', machine],
    ['a privileged machine', privileged],
  ])(
    'is not overwritten from %s, also when the command that it executes is itself (CVE-2019-5736)',
    async (_, target) => {
      await target.ask(
        'ln -sf /proc/self/exe /bin/trap; printf "#!/proc/self/exe\\n" > /bin/script; chmod 755 /bin/script',
      );
      const { outcomes, intact } = await attackOn(target, async (enter) => {
        // A busy host may need many rounds before the attack is quick enough once.
        for (let round = 0; round < 10 || (round < 200 && !(await hasHeld(target))); round += 1) {
          await enter('/bin/script', 'launch');
          await enter('/bin/trap', 'launch');
        }
      });
      expect(intact).toBe(true);
      expect(outcomes).toMatchObject({ written: '0' });
      expect(Number(outcomes['held'])).toBeGreaterThan(0);
    },
  );
});

describe('a terminal', () => {
  it('takes no typed keys from inside: not the console, not that of exec, not by a disguised request', async () => {
    const program = await machine.planted('tiocsti');
    const console = await machine.attack('tiocsti', '/dev/console');
    expect(console).toEqual(refusals('/dev/console'));
    const outcomes = parseTerminal(await onTerminal(machine, ['-t'], [program, '-', '/dev/tty']));
    expect(outcomes).toEqual({ ...refusals('-'), ...refusals('/dev/tty') });
  });

  it('of the caller, handed on as it is (exec -T), takes none either', async () => {
    const program = await machine.planted('tiocsti');
    expect(parseTerminal(await onTerminal(machine, ['-T'], [program, '-']))).toEqual(refusals('-'));
  });

  it('of the caller takes none without the filter either: the command is in another session', async () => {
    const program = await unfiltered.planted('tiocsti');
    const outcomes = parseTerminal(await onTerminal(unfiltered, ['-T'], [program, '-']));
    expect(outcomes).toMatchObject({ '--TIOCSTI': 'EPERM', '--TIOCSTI-disguised': 'EPERM' });
  });

  it('would take them without the filter', async () => {
    const program = await unfiltered.planted('tiocsti');
    const outcomes = parseTerminal(await onTerminal(unfiltered, ['-t'], [program, '-']));
    expect(outcomes).toMatchObject({ '--TIOCSTI': 'ok', '--TIOCSTI-disguised': 'ok' });
  });
});

describe('entering a machine whose files are hostile', () => {
  it('ends, with a file of users that never ends or never begins', async () => {
    for (const trap of [
      'mkfifo /etc/passwd',
      'ln -s /dev/zero /etc/passwd',
      'ln -s /dev/console /etc/passwd',
      'ln -s /proc/1/root/etc/passwd /etc/passwd',
    ]) {
      await machine.ask(`rm -f /etc/passwd.kept; mv /etc/passwd /etc/passwd.kept; ${trap}`);
      const { code } = await machine.run([
        'exec',
        machine.name,
        '-u',
        '0',
        '--',
        'sh',
        '-c',
        'rm /etc/passwd; mv /etc/passwd.kept /etc/passwd',
      ]);
      expect([0, 125]).toContain(code);
      if (code === 125) await repair();
    }
  });

  it('refuses to take for a terminal what is none, and does not wait for it', async () => {
    for (const trap of ['mkfifo', 'touch', 'ln -s /dev/zero', 'ln -s /dev/console']) {
      await machine.ask(`rm -f /dev/ptmx; ${trap} /dev/ptmx; umount -l /dev/pts; ${trap} /dev/pts/ptmx`);
      const { code, output } = await onTerminal(machine, ['-t'], ['echo', 'on a terminal']);
      expect(code).toBe(125);
      expect(output).toContain("the machine's devpts is not mounted where it belongs");
      await host.done(['stop', machine.name, '--timeout', '1']);
      await host.done(['start', machine.name]);
    }
  });
});

/** Whether the attack got hold of a program of the host. */
async function hasHeld(target: Target): Promise<boolean> {
  return (await target.ask('ls /')).split('\n').includes('held');
}

type Enter = (...command: readonly string[]) => Promise<number>;

/** Commands enter the machine while the attack inside watches for them. */
async function attackOn(
  target: Target,
  commands: (enter: Enter) => Promise<void>,
): Promise<{ outcomes: Outcomes; intact: boolean }> {
  // A copy: an attack that succeeds must not change what is built.
  const helper = join(host.root, `helper-for-${target.name}`);
  copyFileSync(builtHelper, helper);
  const before = digest(helper);
  const env = { ...host.env, TSMACHINE_HELPER: helper };
  const program = await target.planted('exe');
  await target.ask('touch /go-on');
  const attacker = target.shell(`${program} 60 /go-on`);
  await expect.poll(() => target.ask('cat /proc/[0-9]*/comm')).toContain('attack-exe');
  await commands((...command) => enterSlowly(target.name, command, env));
  await target.ask('rm /go-on');
  const outcomes = parseOutcomes(await attacker);
  expect(Number(outcomes['newcomers'])).toBeGreaterThan(4);
  return { outcomes, intact: digest(helper) === before };
}

/** A command that waits for its input lives long enough to be caught. */
function enterSlowly(
  name: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawnCli(['exec', name, '--', ...command], { env });
  child.stdin?.on('error', () => {});
  setTimeout(() => child.stdin?.end(), command[0] === 'true' ? 0 : 300);
  child.stdout?.resume();
  child.stderr?.resume();
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 128)));
}

/** A launch without the traps: the upper layer is the test's to mend. */
async function repair(): Promise<void> {
  await host.cli(['stop', machine.name, '--timeout', '1']);
  const { renameSync, rmSync } = await import('node:fs');
  const etc = join(host.root, 'machines', machine.name, 'storage', 'upper', 'etc');
  rmSync(join(etc, 'passwd'), { force: true });
  renameSync(join(etc, 'passwd.kept'), join(etc, 'passwd'));
  await host.done(['start', machine.name]);
}

function refusals(path: string): Outcomes {
  const requests = ['TIOCSTI', 'TIOCSTI-disguised', 'TIOCLINUX'];
  return Object.fromEntries(requests.map((request) => [`${path}-${request}`, 'EPERM']));
}

/** The built program on a terminal of its own, as a person runs it. */
function onTerminal(
  target: Target,
  flags: readonly string[],
  command: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const env = { ...process.env, ...host.env, ...target.env } as Record<string, string>;
  const terminal = pty.spawn(process.execPath, [builtCli, 'exec', target.name, ...flags, '--', ...command], {
    cols: 200,
    rows: 50,
    env,
  });
  let output = '';
  terminal.onData((data) => {
    output += data;
  });
  return new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve({ code: exitCode, output })));
}

function parseTerminal({ output }: { readonly output: string }): Outcomes {
  const stdout = output
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.replace(/^#+/, ''))
    .filter((line) => / [A-Za-z]+$/.test(line))
    .join('\n');
  return parseOutcomes({ code: 0, killedBy: undefined, stdout, stderr: output });
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
