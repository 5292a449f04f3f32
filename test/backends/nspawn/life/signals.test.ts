import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { signalFor } from '../../../../src/backends/nspawn/life/signals.ts';
import { readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A shell that catches these. */
async function initThatHears(...signals: readonly string[]): Promise<number> {
  const traps = signals.map((signal) => `trap : ${signal};`).join(' ');
  const child = spawn('bash', ['-c', `${traps} echo ready; while :; do read; done`]);
  started.push(child);
  await once(child.stdout, 'data');
  return child.pid as number;
}

const settings = (...values: readonly string[]) => ({ read: async () => '', values: () => values });
const textSettings = (text: string) => ({ read: async () => text, values: readValues });

describe('what a machine halts by', () => {
  it('is what its settings say', async () => {
    const leader = await initThatHears('USR2', 'WINCH');
    const asked = (word: string) => signalFor(settings(word), { name: 'web', leader }, 'halt');
    expect(await asked('SIGUSR2')).toBe('SIGUSR2');
    expect(await asked('USR2')).toBe('SIGUSR2');
    expect(await asked('12')).toBe('SIGUSR2');
  });

  it('is what its init listens to, as systemd and others do', async () => {
    const of = async (...signals: readonly string[]) =>
      signalFor(settings(), { name: 'web', leader: await initThatHears(...signals) }, 'halt');
    expect(await of('RTMIN+4', 'PWR')).toBe('SIGRTMIN+4');
    expect(await of('PWR')).toBe('SIGPWR');
    expect(await of()).toBe('SIGPWR');
  });

  it('is a signal that was named', async () => {
    expect(await signalFor(settings(), { name: 'web', leader: 1 }, 'SIGHUP')).toBe('SIGHUP');
  });
});

describe('what a machine reboots by', () => {
  it('is what our own section of its settings says', async () => {
    const leader = await initThatHears('INT', 'HUP');
    const by = (text: string) => signalFor(textSettings(text), { name: 'web', leader }, 'reboot');
    expect(await by('[X-Tsmachine]\nRebootSignal=SIGHUP\n')).toBe('SIGHUP');
    expect(await by('[Exec]\nKillSignal=SIGUSR2\nRebootSignal=SIGHUP\n')).toBe('SIGINT');
    expect(await by('[X-Tsmachine]\nRebootSignal=no signal\n')).toBe('SIGINT');
  });
});
