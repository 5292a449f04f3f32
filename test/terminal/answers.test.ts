import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAnswerWatch } from '../../src/terminal/answers.ts';

const question = '\x1b[6n';
const answer = '\x1b[22;13R';

interface WatchedTerminal {
  readonly shows: (output: string) => void;
  /** Resolves when whoever reads the terminal has read it. */
  readonly sends: (input: string) => Promise<void>;
  readonly given: () => Promise<void>;
  readonly settle: () => Promise<void>;
  /** What whoever reads the terminal after the console would find. */
  readonly rest: () => string;
}

function watchedTerminal(): WatchedTerminal {
  const input = new PassThrough();
  const { watch, given, settle } = createAnswerWatch(input);
  return {
    shows: (output) => watch(Buffer.from(output, 'latin1')),
    sends: async (bytes) => {
      input.write(Buffer.from(bytes, 'latin1'));
      await new Promise(setImmediate);
    },
    given,
    settle,
    rest: () => String(input.read() ?? ''),
  };
}

/** What the person's shell finds of pieces that come while the console is left. */
async function leftAfter(output: string, pieces: readonly string[]): Promise<string> {
  const terminal = watchedTerminal();
  terminal.shows(output);
  const settled = terminal.settle();
  for (const piece of pieces) await terminal.sends(piece);
  await settled;
  return terminal.rest();
}

afterEach(() => {
  vi.useRealTimers();
});

describe("the terminal's answer to a question of the machine", () => {
  it('that comes after the console is left is waited for and dropped', async () => {
    expect(await leftAfter(`prompt# ${question}`, [answer])).toBe('');
  });

  it('ends the wait, so that what is typed next is not lost', async () => {
    expect(await leftAfter(question, [answer, 'next'])).toBe('next');
  });

  it('is seen in a question that comes in two pieces', async () => {
    const terminal = watchedTerminal();
    for (const piece of question) terminal.shows(piece);
    const settled = terminal.settle();
    await terminal.sends(answer);
    await terminal.sends('next');
    await settled;
    expect(terminal.rest()).toBe('next');
  });

  it('is waited for when a key is typed before it', async () => {
    const terminal = watchedTerminal();
    terminal.shows(question);
    await terminal.sends('\x1dq');
    const settled = terminal.settle();
    for (const piece of ['x', '\x1b[A', answer, 'next']) await terminal.sends(piece);
    await settled;
    expect(terminal.rest()).toBe('next');
  });

  it('is waited for to its end, wherever it is cut', async () => {
    for (const whole of [answer, '\x1b]11;rgb:00/00/00\x1b\\', '\x1bP>|xterm(390)\x1b\\'])
      for (let cut = 1; cut < whole.length; cut += 1)
        expect(await leftAfter(question, [whole.slice(0, cut), whole.slice(cut), 'next'])).toBe('next');
  });

  it('that began before the console is left is waited for to its end', async () => {
    const terminal = watchedTerminal();
    terminal.shows(question);
    await terminal.sends(`ls\r${answer.slice(0, 3)}`);
    const settled = terminal.settle();
    await terminal.sends(answer.slice(3));
    await terminal.sends('next');
    await settled;
    expect(terminal.rest()).toBe('next');
  });

  it('is one of as many as were asked for', async () => {
    expect(await leftAfter(`${question}\x1b[c`, [answer, '\x1b[?62;22c', 'next'])).toBe('next');
    expect(await leftAfter(`${question}${question}`, [answer + answer, 'next'])).toBe('next');
    expect(await leftAfter(`${question}\x05`, [answer, 'xterm', 'next'])).toBe('next');
  });

  it('is counted among keys in the same piece, and in pieces', async () => {
    const questions = `${question}\x1b]11;?\x07${question}`;
    const pieces = [`a${answer}b\x1b]11;rgb:`, 'ff/ff/ff', '\x07c\x1b[A\x1b', `${answer.slice(1)}d`, 'next'];
    expect(await leftAfter(questions, pieces)).toBe('next');
  });

  it.each([
    ['the status', '\x1b[5n', '\x1b[0n'],
    ['the cursor, the DEC way', '\x1b[?6n', '\x1b[?22;13;1R'],
    ['the attributes', '\x1b[c', '\x1b[?62;22c'],
    ['the second attributes', '\x1b[>c', '\x1b[>41;390;0c'],
    ['the third attributes', '\x1b[=c', '\x1bP!|00000000\x1b\\'],
    ['an old identification', '\x1bZ', '\x1b[?6c'],
    ['a mode', '\x1b[?2026$p', '\x1b[?2026;2$y'],
    ['the keyboard modes', '\x1b[?u', '\x1b[?1u'],
    ['the size of the window', '\x1b[18t', '\x1b[8;24;80t'],
    ['the title of the window', '\x1b[21t', '\x1b]lvi\x1b\\'],
    ['a colour', '\x1b]4;1;?\x07', '\x1b]4;1;rgb:cdcd/0000/0000\x07'],
    ['the clipboard', '\x1b]52;c;?\x1b\\', `\x1b]52;c;${'QUJD'.repeat(5000)}\x1b\\`],
    ['a setting', '\x1bP$qm\x1b\\', '\x1bP1$r0m\x1b\\'],
    ['a capability', '\x1bP+q544e\x1b\\', '\x1bP1+r544e=787465726d\x1b\\'],
    ['the version', '\x1b[>0q', '\x1bP>|xterm(390)\x1b\\'],
    ['the answerback, which has no form', 'who are you\x05', 'xterm'],
  ])('is known: %s', async (_, asked, said) => {
    expect(await leftAfter(asked, [said, 'next'])).toBe('next');
  });

  it('is not a key that looks alike', async () => {
    const keys = ['\x1b', '\x1bOR', '\x1b[97;5u', '\x1b[<0;3;4M', '\x1b[13~', '\x1b]'];
    expect(await leftAfter(question, [...keys, answer, 'next'])).toBe('next');
  });

  it('is not waited for when it was given, also with keys behind it', async () => {
    const terminal = watchedTerminal();
    terminal.shows(question);
    await terminal.sends(`${answer}ls\r`);
    const settled = terminal.settle();
    await terminal.sends('next');
    await settled;
    expect(terminal.rest()).toBe('next');
  });

  it('is not waited for when nothing was asked', async () => {
    expect(await leftAfter('plain \x1b[35mtext\x1b[0m', ['next'])).toBe('next');
  });

  it('that was not asked for pays for no later question', async () => {
    const terminal = watchedTerminal();
    terminal.shows('\x05');
    await terminal.sends(answer);
    terminal.shows(question);
    const settled = terminal.settle();
    for (const piece of ['xterm', answer, 'next']) await terminal.sends(piece);
    await settled;
    expect(terminal.rest()).toBe('next');
  });

  it('is for whoever reads when the console is only suspended', async () => {
    const terminal = watchedTerminal();
    terminal.shows(question + question);
    let given = false;
    const wait = terminal.given().then(() => {
      given = true;
    });
    await terminal.sends(`x${answer}`);
    expect(given).toBe(false);
    await terminal.sends(answer);
    await wait;
  });
});

describe('an answer that never comes', () => {
  function atStandstill(): WatchedTerminal {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    return watchedTerminal();
  }

  it('is given up after 300 ms in all, whatever else comes', async () => {
    const terminal = atStandstill();
    terminal.shows(question.repeat(3));
    const settled = terminal.settle();
    await vi.advanceTimersByTimeAsync(200);
    await terminal.sends(answer);
    await vi.advanceTimersByTimeAsync(100);
    await settled;
    await terminal.sends('next');
    expect(terminal.rest()).toBe('next');
  });

  it('is given up once', async () => {
    const terminal = atStandstill();
    terminal.shows(question);
    const given = terminal.given();
    await vi.advanceTimersByTimeAsync(300);
    await given;
    await terminal.settle();
    await terminal.sends('next');
    expect(terminal.rest()).toBe('next');
  });

  it('is not waited for when the question is old', async () => {
    const terminal = atStandstill();
    terminal.shows(question);
    await vi.advanceTimersByTimeAsync(2000);
    await terminal.settle();
    await terminal.sends('next');
    expect(terminal.rest()).toBe('next');
  });

  it('is not added to what a later question waits for', async () => {
    const terminal = atStandstill();
    terminal.shows(question);
    await vi.advanceTimersByTimeAsync(2000);
    terminal.shows(question);
    const settled = terminal.settle();
    await terminal.sends(answer);
    await settled;
    await terminal.sends('next');
    expect(terminal.rest()).toBe('next');
  });
});
