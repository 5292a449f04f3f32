import { expect, it } from 'vitest';
import { run } from '../stub-machines.ts';

const clean = { clean: true, exit: undefined };

it('a restart that is interrupted says what it does, finishes, and exits as one that a signal ended', async () => {
  let finish = (): void => {};
  const restart = (): Promise<typeof clean> =>
    new Promise((resolve) => {
      finish = () => resolve(clean);
      setImmediate(() => process.emit('SIGINT', 'SIGINT'));
      setImmediate(() => finish());
    });
  const ran = await run(['restart', 'web'], { machines: { restart } });
  expect(ran).toMatchObject({ exitCode: 130, stdout: 'web: restarted\n' });
  expect(ran.stderr).toBe(
    'web: on the way down, and starts again; Ctrl-C once more leaves it to go down alone\n',
  );
});

it('a restart that nobody interrupts exits with 0, and with the code of what failed', async () => {
  expect((await run(['restart', 'web'], { machines: { restart: async () => clean } })).exitCode).toBe(0);
  const restart = () => Promise.reject(new Error('no'));
  expect((await run(['restart', 'web'], { machines: { restart } })).exitCode).toBe(1);
});
