/** Commands and terminals in machines. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { ConsoleConnection } from '../../../src/backends/backend.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import { casesOf, kernel } from '../case.ts';
import type { World } from '../world.ts';

const script = (text: string) => execRequest(['sh', '-c', text]);

/** The shared machine, for the program, whose words for what its backend cannot do nobody hears here. */
async function enterable({ machines, shared }: World): Promise<string> {
  const name = await shared();
  await machines.exec(name, script('true'));
  return name;
}

async function codeOf({ machines, shared }: World, argv: readonly [string, ...string[]]): Promise<number> {
  return (await machines.exec(await shared(), execRequest(argv))).exitCode;
}

export const enteringCases = [
  ...casesOf(
    'exec',
    {
      'gives the exit code of the command': async (world) => {
        expect(await codeOf(world, ['sh', '-c', 'exit 7'])).toBe(7);
      },
      'keeps standard output and standard error apart': async ({ machines, shared }) => {
        const result = await machines.exec(await shared(), script('echo out; echo err >&2'));
        expect({ out: String(result.stdout), err: String(result.stderr) }).toEqual({
          out: 'out\n',
          err: 'err\n',
        });
      },
      'passes standard input on, byte by byte, and its end': async (world) => {
        const input = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
        const { code, stdout } = await world.cli(['exec', await enterable(world), '--', 'sha256sum'], {
          input,
        });
        const digest = createHash('sha256').update(input).digest('hex');
        expect({ code, stdout }).toEqual({ code: 0, stdout: `${digest}  -\n` });
      },
      'runs it as another user, in another directory, with variables': async ({ machines, shared }) => {
        const request = { user: '65534', workingDirectory: '/usr', environment: { WORD: 'as given' } };
        const result = await machines.exec(await shared(), {
          ...script('id -u; pwd; echo "$WORD"'),
          ...request,
        });
        expect(String(result.stdout)).toBe('65534\n/usr\nas given\n');
      },
      'has none of the variables of the host': async ({ machines, shared }) => {
        process.env['OF_THE_HOST'] = 'secret';
        const result = await machines.exec(await shared(), script('env'));
        delete process.env['OF_THE_HOST'];
        expect(String(result.stdout)).not.toMatch(/OF_THE_HOST/);
      },
      'exits with 126 for what cannot be executed': async (world) => {
        expect(await codeOf(world, ['/etc/passwd'])).toBe(126);
      },
      'exits with 127 for what is not there': async (world) => {
        expect(await codeOf(world, ['/no/such/program'])).toBe(127);
      },
      'exits with 128+N for what signal N ended': async (world) => {
        expect(await codeOf(world, ['sh', '-c', 'kill -TERM $$'])).toBe(143);
      },
      'exits with 125 if it fails itself': async (world) => {
        const words = ['exec', await enterable(world), '-u', 'nobody-is-called-so', '--', 'true'];
        expect(await world.cli(words)).toMatchObject({
          code: 125,
          stdout: '',
          stderr: expect.stringContaining('nobody-is-called-so'),
        });
      },
      'refuses a machine that is down': async ({ machines, make }) => {
        await expect(machines.exec(await make(), script('true'))).rejects.toMatchObject({
          code: 'wrong-state',
        });
      },
      'refuses a frozen machine': async ({ machines, boot }) => {
        const name = await boot();
        await machines.freeze(name);
        await expect(machines.exec(name, script('true'))).rejects.toMatchObject({ code: 'wrong-state' });
        await machines.kill(name, 'SIGKILL');
      },
    },
    kernel,
  ),
  ...casesOf(
    'shell',
    {
      'is the login shell of the user, with its own exit code': async (world) => {
        const input = 'echo "I am $(id -u) in $PWD"; exit 5\n';
        const { code, stdout } = await world.cli(['shell', await enterable(world)], { input });
        expect({ code, stdout }).toEqual({ code: 5, stdout: 'I am 0 in /root\n' });
      },
    },
    kernel,
  ),
  ...casesOf(
    'console',
    {
      'gives what its init gives on it, and takes what is typed': async ({ machines, withConsole }) => {
        const connection = await machines.attachConsole(await withConsole(), {
          input: true,
          replayBytes: Number.POSITIVE_INFINITY,
        });
        try {
          await connection.write(Buffer.from('\r'));
          await expectOutput(connection, /login:|[#$] /);
        } finally {
          connection.close();
        }
      },
      'keeps what came on it': async ({ machines, withConsole }) => {
        const log = await machines.readConsoleLog(await withConsole());
        expect(log.length).toBeGreaterThan(0);
      },
    },
    kernel,
  ),
];

async function expectOutput(connection: ConsoleConnection, pattern: RegExp): Promise<void> {
  let seen = '';
  for await (const event of connection.output) {
    if (event.type === 'data') seen += event.bytes.toString('latin1');
    if (pattern.test(seen)) return;
  }
  throw new Error(`the console ended with ${JSON.stringify(seen)}`);
}
