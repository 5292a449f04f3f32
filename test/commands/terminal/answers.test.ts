import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createAnswerWatch } from '../../../src/commands/terminal/answers.ts';

const question = Buffer.from('\x1b[6n');
const answer = '\x1b[22;13R';

function watchedTerminal() {
  const input = new PassThrough();
  const watch = createAnswerWatch(input);
  return { input, watch };
}

/** What whoever reads the terminal next would find. */
function rest(input: PassThrough): string {
  return String(input.read() ?? '');
}

describe("the terminal's answer to a question of the machine", () => {
  it('that comes after the console is left is waited for and dropped', async () => {
    const { input, watch } = watchedTerminal();
    watch.watch(Buffer.concat([Buffer.from('prompt# '), question]));
    const settled = watch.settle();
    input.write(answer);
    await settled;
    expect(rest(input)).toBe('');
  });

  it('is seen in a question that comes in two pieces', async () => {
    const { input, watch } = watchedTerminal();
    watch.watch(question.subarray(0, 2));
    watch.watch(question.subarray(2));
    const settled = watch.settle();
    input.write(answer);
    await settled;
    expect(rest(input)).toBe('');
  });

  it('is seen in a question without an escape', async () => {
    const { input, watch } = watchedTerminal();
    watch.watch(Buffer.from('who are you\x05'));
    const settled = watch.settle();
    input.write('xterm');
    await settled;
    expect(rest(input)).toBe('');
  });

  it('is not waited for when it was given, so that what is typed next is not lost', async () => {
    const { input, watch } = watchedTerminal();
    watch.watch(question);
    input.write(answer);
    await new Promise(setImmediate);
    await watch.settle();
    input.pause();
    input.write('next');
    expect(rest(input)).toBe('next');
  });

  it('is not waited for when nothing was asked', async () => {
    const { input, watch } = watchedTerminal();
    watch.watch(Buffer.from('plain \x1b[35mtext\x1b[0m'));
    await watch.settle();
    input.pause();
    input.write('next');
    expect(rest(input)).toBe('next');
  });

  it('that never comes is given up', async () => {
    const { watch } = watchedTerminal();
    watch.watch(question);
    await expect(watch.settle()).resolves.toBeUndefined();
  });
});
