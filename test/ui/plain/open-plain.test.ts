import { expect, test } from 'vitest';
import { MachineError } from '../../../src/machines/errors.ts';
import type { Machines } from '../../../src/machines/machines.ts';
import { openPlain } from '../../../src/ui/plain/open-plain.ts';
import { shownMachines } from '../../fakes/shown-machines.ts';

/** Resolves with all that was printed. */
async function told(
  typed: readonly string[],
  more: Partial<Machines> = {},
  readOnly = false,
): Promise<string> {
  const printed: string[] = [];
  async function* lines() {
    yield* typed;
  }
  await openPlain({
    machines: { ...shownMachines(), ...more },
    hostName: 'alpha',
    readOnly,
    lines: lines(),
    stop: () => undefined,
    print: (line) => printed.push(line),
  });
  return printed.join('\n');
}

test('machines are sentences, and nothing moves a cursor or has a colour', async () => {
  const text = await told(['', 'overview web', 'snapshots web', 'plan web', 'help']);
  expect(text).toContain('alpha has 7 machines, 2 running.');
  expect(text).toMatch(/^web is running for .*, memory 120M, 12 tasks, address 10\.0\.3\.\d/m);
  expect(text).toContain('isolation');
  expect(text).toContain('hourly-1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});

test('a line is done before the next one is taken, and its end is told', async () => {
  const done: string[] = [];
  const start = async (name: string) => {
    await Promise.resolve();
    done.push(`start ${name}`);
    return true;
  };
  const stop = async (name: string) => {
    done.push(`stop ${name}`);
    return { clean: true, exit: undefined };
  };
  const text = await told(['start spare', ':stop web'], { start, stop });
  expect(done).toEqual(['start spare', 'stop web']);
  expect(text).toContain('spare: started');
  expect(text).toContain('web: stopped');
});

test('what fails is told with its reason and what to do', async () => {
  const start = async () => {
    throw new MachineError('failed', 'its disk is full', { hint: 'free some space' });
  };
  const text = await told(['start spare'], { start });
  expect(text).toContain('cannot start spare: its disk is full');
  expect(text).toContain('hint: free some space');
});

test('a machine is destroyed only when its name is typed as the next line', async () => {
  const gone: string[] = [];
  const destroy = async (name: string) => {
    gone.push(name);
    return { purged: [] };
  };
  const asked = await told(['destroy spare', 'yes'], { destroy });
  expect(asked).toContain('Type spare to go on; anything else cancels.');
  expect(asked).toContain('Nothing was done.');
  expect(gone).toEqual([]);
  await told(['destroy spare', 'spare'], { destroy });
  expect(gone).toEqual(['spare']);
});

test('what is no command, and what is wrong with one, is told', async () => {
  const text = await told(['dance', 'start nobody-here', 'overview', 'overview nobody']);
  expect(text).toContain('There is no command "dance"');
  const forTheScreen = await told(['help', 'theme light', 'replay x.cast']);
  expect(forTheScreen).not.toMatch(/^(replay|theme) /m);
  expect(forTheScreen.match(/That is for the full screen\./g)).toHaveLength(2);
  expect(text).toContain('there is no machine "nobody-here"');
  expect(text).toContain('There is no machine nobody.');
});

test('where nothing may be changed nothing is', async () => {
  const start = () => Promise.reject(new Error('must not be called'));
  expect(await told(['start spare'], { start }, true)).toContain('read-only: nothing is changed');
});

test('what happens elsewhere is told as it happens, and quit leaves', async () => {
  const list = await shownMachines().list();
  let now = list;
  const changed = list.filter(({ name }) => name !== 'old');
  const text = await told(['list', 'quit', 'dance'], {
    list: async () => now,
    followEvents: async function* () {
      now = changed.map((machine) => (machine.name === 'spare' ? { ...machine, state: 'running' } : machine));
      yield { time: '2026-01-31T12:00:00.000Z', name: 'spare', type: 'started', details: { pid: 1 } };
    },
  });
  expect(text).toContain('old is gone.');
  expect(text).toContain('spare is running now.');
  expect(text).not.toContain('dance');
});
