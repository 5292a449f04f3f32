import { describe, expect, it, vi } from 'vitest';
import { MachineError } from '../../src/machines/errors.ts';
import type { CreateRequest, MachineDetails } from '../../src/machines/machines.ts';
import { busybox } from '../../src/templates/busybox/busybox.ts';
import { debian } from '../../src/templates/debian/debian.ts';
import { run, summary } from './stub-machines.ts';

const empty = Buffer.alloc(0);

function recordExec() {
  return vi.fn(async () => ({ exitCode: 0, stdout: empty, stderr: empty }));
}

describe('no command', () => {
  it('lists', async () => {
    const ran = await run([], { machines: { list: async () => [summary('web')] } });
    expect(ran.stdout).toContain('web');
  });
});

describe('help', () => {
  it('names every command and tells the exit codes', async () => {
    const ran = await run(['--help']);
    expect(ran.exitCode).toBe(0);
    for (const word of ['create', 'unfreeze|resume', 'console|login', 'doctor|checkconfig', 'Exit codes']) {
      expect(ran.stdout).toContain(word);
    }
    expect(ran.stdout).not.toContain('internal');
  });

  it('of one command is the same by `help NAME` and `NAME --help`', async () => {
    const one = await run(['help', 'stop']);
    expect(one.stdout).toContain('--timeout');
    expect((await run(['stop', '--help'])).stdout).toBe(one.stdout);
  });

  it('of an alias is that of its command', async () => {
    expect((await run(['poweroff', '--help'])).stdout).toContain('--timeout');
  });

  it('of a command that does not exist is wrong usage, as that command is', async () => {
    for (const words of [
      ['help', 'strat'],
      ['strat', 'web'],
    ]) {
      const { exitCode, stderr } = await run(words);
      expect(exitCode).toBe(2);
      expect(stderr).toBe("tsmachine: unknown command 'strat'\nhint: Did you mean start?\n");
    }
  });

  it('is named where a group is given without a command', async () => {
    expect(await run(['trash'])).toMatchObject({
      exitCode: 2,
      stderr: 'tsmachine: a command is missing\nhint: tsmachine trash list|restore|empty\n',
    });
  });

  it('gives the version', async () => {
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, stdout: '1.2.3\n' });
  });
});

describe('aliases', () => {
  it.each([
    ['boot', 'start'],
    ['pause', 'freeze'],
    ['resume', 'unfreeze'],
    ['thaw', 'unfreeze'],
    ['reboot', 'restart'],
  ] as const)('%s does what %s does', async (alias, method) => {
    const called = vi.fn(async () => undefined);
    await run([alias, 'web'], { machines: { [method]: called } });
    expect(called).toHaveBeenCalledOnce();
  });
});

describe('start --console', () => {
  it.each([
    ['several names', ['web', 'db']],
    ['no name', []],
    ['--all', ['--all']],
    ['--json, whose document is alone on stdout', ['web', '--json']],
  ])('starts nothing with %s', async (_, words) => {
    const start = vi.fn(async () => true);
    const { exitCode } = await run(['start', '--console', ...words], { machines: { start } });
    expect(exitCode).toBe(2);
    expect(start).not.toHaveBeenCalled();
  });

  it('tells of a machine that ended before its console was reached', async () => {
    const exit = { reason: 'exited', code: 3, endedAt: 0 } as const;
    const machines = {
      start: async () => true,
      readConsoleLog: async () => Buffer.from('I was here\n'),
      attachConsole: async () => {
        throw new MachineError('wrong-state', 'web is not running');
      },
      info: async () => ({ ...summary('web'), lastExit: exit }) as MachineDetails,
    };
    expect(await run(['start', '--console', 'web'], { machines })).toEqual({
      exitCode: 0,
      stdout: 'web: started\nI was here\n',
      stderr: '\nweb: init exited with code 3\n',
    });
  });
});

describe('start --wait', () => {
  it('returns when the machine has booted, and waits as long as it is told', async () => {
    const waitUntilReady = vi.fn(async () => undefined);
    const machines = { start: async () => true, waitUntilReady };
    const { stdout } = await run(['start', 'web', '--wait', '--timeout', '7'], { machines });
    expect(stdout).toBe('web: started\n');
    expect(waitUntilReady).toHaveBeenCalledWith('web', 7);
  });

  it('fails where the boot does not come to its end', async () => {
    const waitUntilReady = async () => {
      throw new MachineError('timeout', 'after 90 s it is running, but has not said that it is ready');
    };
    const { exitCode, stderr } = await run(['start', 'web', '--wait'], {
      machines: { start: async () => true, waitUntilReady },
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('has not said that it is ready')]);
  });

  it('goes with create --start, and not without', async () => {
    const waitUntilReady = vi.fn(async () => undefined);
    const machines = { create: async () => 'web', start: async () => true, waitUntilReady };
    await run(['create', 'web', '-t', 'busybox', '--start', '--wait'], { machines });
    expect(waitUntilReady).toHaveBeenCalledWith('web', 90);
    expect((await run(['create', 'web', '-t', 'busybox', '--wait'], { machines })).exitCode).toBe(2);
  });
});

describe('start --if-needed', () => {
  it('says of a machine that ran already just that', async () => {
    const start = async (name: string) => name === 'db';
    const machines = { start };
    const words = ['start', '--if-needed', 'web', 'db'];
    expect((await run(words, { machines })).stdout).toBe('web: running already\ndb: started\n');
    expect(JSON.parse((await run([...words, '--json'], { machines })).stdout).results).toEqual([
      { name: 'web', ok: true, started: false },
      { name: 'db', ok: true, started: true },
    ]);
  });
});

describe('several machines', () => {
  it('are worked on side by side', async () => {
    let started = 0;
    let meet: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const start = async (): Promise<boolean> => {
      started += 1;
      if (started === 3) meet();
      await all;
      return true;
    };
    expect((await run(['start', 'a', 'b', 'c'], { machines: { start } })).exitCode).toBe(0);
  });

  it('named twice are worked on once', async () => {
    const freeze = vi.fn(async () => undefined);
    await run(['freeze', 'web', 'web'], { machines: { freeze } });
    expect(freeze).toHaveBeenCalledOnce();
  });

  it('by --all are those in a fitting state', async () => {
    const freeze = vi.fn(async () => undefined);
    const list = async () => [
      summary('a', { state: 'running' }),
      summary('b'),
      summary('c', { state: 'frozen' }),
    ];
    await run(['freeze', '--all'], { machines: { freeze, list } });
    expect(freeze.mock.calls).toEqual([['a']]);
  });
});

describe('stop', () => {
  it('does not call it killing when there was nobody left to kill', async () => {
    const exit = { reason: 'monitor-lost', code: 0, signal: 0, endedAt: 0 } as const;
    const stop = async () => ({ clean: false, exit });
    expect((await run(['stop', 'web'], { machines: { stop } })).stdout).toMatch(/^web: its monitor had died/);
  });

  it('says aloud that a machine was killed', async () => {
    const stop = async () => ({ clean: false, exit: undefined });
    const ran = await run(['stop', 'web', '--timeout', '5'], { machines: { stop } });
    expect(ran.stdout).toBe('web: did not stop within 5 s and was killed\n');
  });

  it('waits 30 seconds unless told otherwise', async () => {
    const stop = vi.fn(async () => ({ clean: true, exit: undefined }));
    await run(['stop', 'web'], { machines: { stop } });
    expect(stop).toHaveBeenCalledWith('web', expect.objectContaining({ timeoutSeconds: 30 }));
  });
});

describe('kill', () => {
  it.each([
    [[], 'SIGKILL'],
    [['-s', 'term'], 'SIGTERM'],
    [['--signal', '15'], 'SIGTERM'],
    [['--signal', 'RTMIN+3'], 'SIGRTMIN+3'],
  ])('with %j sends %s', async (options, signal) => {
    const kill = vi.fn(async () => undefined);
    await run(['kill', 'web', ...options], { machines: { kill } });
    expect(kill).toHaveBeenCalledWith('web', signal);
  });
});

describe('exec', () => {
  it.each([
    ['behind --', ['exec', 'web', '-u', 'bob', '-e', 'A=1', '--', 'ls', '-la']],
    ['without --', ['exec', 'web', '-u', 'bob', '-e', 'A=1', 'ls', '-la']],
    ['with the options before the name', ['exec', '-u', 'bob', '-e', 'A=1', 'web', 'ls', '-la']],
  ])('takes the command %s', async (_, words) => {
    const exec = recordExec();
    await run(words, { machines: { exec } });
    expect(exec).toHaveBeenCalledWith('web', {
      argv: ['ls', '-la'],
      user: 'bob',
      workingDirectory: undefined,
      environment: { A: '1' },
      terminal: false,
      stdio: 'inherit',
    });
  });

  it("leaves the command's own options alone, even those it knows itself", async () => {
    const exec = recordExec();
    await run(['exec', 'web', 'env', '-u', 'X', '--', '--json', '-t'], { machines: { exec } });
    expect(exec).toHaveBeenCalledWith(
      'web',
      expect.objectContaining({ argv: ['env', '-u', 'X', '--', '--json', '-t'] }),
    );
  });

  it.each([
    ['is used on a terminal', true, [], true],
    ['is not used in a pipe', false, [], false],
    ['is forced by -t', false, ['-t'], true],
    ['is refused by -T', true, ['-T'], false],
  ] as const)('a terminal %s', async (_, terminal, options, expected) => {
    const exec = recordExec();
    await run(['exec', 'web', ...options, '--', 'sh'], { machines: { exec }, terminal });
    expect(exec).toHaveBeenCalledWith('web', expect.objectContaining({ terminal: expected }));
  });

  it('tells the type of the terminal only where there is one', async () => {
    const exec = recordExec();
    const environment = { TERM: 'xterm', SECRET: 'x' };
    await run(['exec', 'web', '-t', '--', 'sh'], { machines: { exec }, environment });
    await run(['exec', 'web', '-T', '--', 'sh'], { machines: { exec }, environment });
    expect(exec.mock.calls).toMatchObject([
      ['web', { environment: { TERM: 'xterm' } }],
      ['web', { environment: {} }],
    ]);
    expect(JSON.stringify(exec.mock.calls)).not.toContain('SECRET');
  });

  it('tells wrong words behind the name as it tells those before it', async () => {
    const message = "option '-e, --env <key=value>' argument 'A' is invalid. It must be KEY=VALUE.";
    for (const words of [
      ['exec', 'web', '-e', 'A', '--', 'env'],
      ['exec', '-e', 'A', 'web', 'env'],
    ]) {
      expect(await run(words)).toMatchObject({
        exitCode: 125,
        stdout: '',
        stderr: `tsmachine: ${message}\nhint: tsmachine exec --help\n`,
      });
    }
  });

  it('points at the help for an option behind the name that it does not have', async () => {
    expect((await run(['exec', 'web', '--help'])).stderr).toContain('hint: tsmachine exec --help');
  });

  it('without a command is wrong usage', async () => {
    const ran = await run(['exec', 'web', '-u', 'bob', '--']);
    expect(ran.exitCode).toBe(125);
    expect(ran.stderr).toContain('missing');
  });
});

describe('shell', () => {
  it("asks for the user's login shell, root's by default", async () => {
    const exec = recordExec();
    await run(['attach', 'web'], { machines: { exec } });
    expect(exec).toHaveBeenCalledWith('web', expect.objectContaining({ argv: undefined, user: 'root' }));
  });
});

describe('create', () => {
  it('prints the name that was picked', async () => {
    const ran = await run(['create', '-t', 'busybox'], { machines: { create: async () => 'brave-otter' } });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'brave-otter\n' });
  });

  it('tells a name from the words behind --', async () => {
    const requests: CreateRequest[] = [];
    const create = async (request: CreateRequest): Promise<string> => {
      requests.push(request);
      return 'web';
    };
    await run(['create', '-t', 'busybox', '--', 'a=1', '--b', '2', '--c=3'], { machines: { create } });
    await run(['create', 'web', '-t', 'busybox', '--set', 'memory.max=1G', '--', 'a=1'], {
      machines: { create },
    });
    expect(requests).toMatchObject([
      { name: undefined, templateOptions: { a: '1', b: '2', c: '3' }, settings: {}, storage: undefined },
      { name: 'web', templateOptions: { a: '1' }, settings: { 'memory.max': '1G' } },
    ]);
  });

  it('takes no word behind -- for a name, when it tells an error either', async () => {
    expect((await run(['create', '-t', 'busybox', '--', 'a'])).stderr).toMatch(/^tsmachine: cannot create: /);
    expect((await run(['create', 'web', '-t', 'busybox', '--', 'a'])).stderr).toMatch(
      /^tsmachine: cannot create web: /,
    );
  });

  it('names the templates where none is given, and what a distribution is', async () => {
    const machines = { templates: () => [busybox, debian] };
    const none = await run(['create', 'web'], { machines });
    expect(none).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('templates: busybox, debian'),
    });
    const info = await run(['template', 'info', 'noble'], { machines });
    expect(info.exitCode).toBe(2);
    expect(info.stderr).toContain('-t debian -- distribution=ubuntu release=noble');
  });

  it('passes on how files are to be kept', async () => {
    const create = vi.fn(async ({ storage }: CreateRequest) => storage ?? 'what works here');
    expect(
      (await run(['create', '-t', 'busybox', '--storage', 'dir'], { machines: { create } })).stdout,
    ).toBe('dir\n');
    expect((await run(['create', '-t', 'busybox'], { machines: { create } })).stdout).toBe(
      'what works here\n',
    );
  });

  it('reports a start that failed, and keeps the machine', async () => {
    const machines = {
      create: async () => 'web',
      start: async () => {
        throw new Error('no room');
      },
    };
    const ran = await run(['create', 'web', '-t', 'busybox', '--start'], { machines });
    expect(ran).toMatchObject({
      exitCode: 1,
      stdout: 'web\n',
      stderr: 'tsmachine: cannot start web: no room\n',
    });
  });

  it('is undone by SIGTERM, and exits as a process that the signal ended', async () => {
    let undone = false;
    const create = async ({ signal }: CreateRequest): Promise<string> => {
      process.emit('SIGTERM', 'SIGTERM');
      expect(signal.aborted).toBe(true);
      undone = true;
      throw new Error('interrupted');
    };
    const ran = await run(['create', 'web', '-t', 'busybox'], { machines: { create } });
    expect(ran).toMatchObject({ exitCode: 128 + 15, stderr: 'tsmachine: cannot create web: interrupted\n' });
    expect(undone).toBe(true);
  });

  it('that is complete when Ctrl-C comes stays, and is not started', async () => {
    const create = async (): Promise<string> => {
      process.emit('SIGINT', 'SIGINT');
      return 'web';
    };
    const ran = await run(['create', 'web', '-t', 'busybox', '--start'], { machines: { create } });
    expect(ran).toEqual({ exitCode: 130, stdout: 'web\n', stderr: '' });
  });

  it('leaves a second signal its usual effect', async () => {
    const before = process.listenerCount('SIGINT');
    const create = async (): Promise<string> => {
      process.emit('SIGINT', 'SIGINT');
      expect(process.listenerCount('SIGINT')).toBe(before);
      throw new Error('interrupted');
    };
    await run(['create', '-t', 'busybox'], { machines: { create } });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('config', () => {
  const settings = async () => ({ 'memory.max': 'max', nesting: 'no' });
  const differingSettings = async () => ({});

  it('prints everything as KEY=VALUE', async () => {
    expect((await run(['config', 'web'], { machines: { settings, differingSettings } })).stdout).toBe(
      'memory.max=max\nnesting=no\n',
    );
  });

  it('prints the value alone of one key', async () => {
    expect(
      (await run(['config', 'web', 'nesting'], { machines: { settings, differingSettings } })).stdout,
    ).toBe('no\n');
  });

  it('refuses a key that does not exist, even one that every object has', async () => {
    const machines = { settings, differingSettings };
    expect((await run(['config', 'web', 'constructor'], { machines })).exitCode).toBe(2);
  });

  it.each(['config', 'set'])('changes by %s KEY=VALUE and says when that takes effect', async (word) => {
    const changeSettings = vi.fn(async () => undefined);
    const info = async () => ({ ...summary('web', { state: 'running' }) }) as never;
    const ran = await run([word, 'web', 'memory.max=1G', 'nesting=yes'], {
      machines: { settings, changeSettings, info },
    });
    expect(changeSettings).toHaveBeenCalledWith('web', { 'memory.max': '1G', nesting: 'yes' });
    expect(ran.stdout).toContain('next start');
  });

  it.each(['snapshots.schedule=daily', 'on-oom=freeze', 'devices.allow=/dev/kvm rw', 'autostart.delay=5s'])(
    'says nothing of a start for %s, which counts at once',
    async (setting) => {
      const changeSettings = vi.fn(async () => undefined);
      const info = async () => ({ ...summary('web', { state: 'running' }) }) as never;
      const ran = await run(['set', 'web', setting], { machines: { settings, changeSettings, info } });
      expect(ran.stdout).toBe('web: changed\n');
    },
  );
});

describe('doctor', () => {
  it('exits with 1 if anything is a problem, and tells the fix', async () => {
    const examineHost = async () => [
      { subject: 'overlayfs', verdict: 'ok' as const, detail: 'works' },
      { subject: 'cgroups', verdict: 'problem' as const, detail: 'none', fix: 'mount them' },
    ];
    const ran = await run(['doctor'], { machines: { examineHost } });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain('fix: mount them');
  });
});

describe('internal exited', () => {
  it.each([
    ['start-again', 10],
    ['stay-down', 0],
  ] as const)('answers %s with %i', async (answer, exitCode) => {
    const ran = await run(['internal', 'exited', 'web'], { machines: { handleExit: async () => answer } });
    expect(ran.exitCode).toBe(exitCode);
  });
});

describe('internal event', () => {
  it('passes on what the monitor was signalled by', async () => {
    const events: unknown[] = [];
    const handleEvent = async (...words: unknown[]) => {
      events.push(words);
    };
    const ran = await run(['internal', 'event', 'web', '/cg/web/cpu.pressure', '/cg/web/memory.events'], {
      machines: { handleEvent },
    });
    expect(ran.exitCode).toBe(0);
    expect(events).toEqual([['web', ['/cg/web/cpu.pressure', '/cg/web/memory.events']]]);
  });
});
