/** Recordings with their events given by the test, and time that passes when it says so. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CastEvent, CastFile } from '../../../../src/terminal/asciicast-file.ts';
import { createPlayer, type Player } from '../../../../src/ui/consoles/replay/player.ts';

const players: Player[] = [];
let readings = 0;
let closed = 0;

function castOf(events: readonly CastEvent[], more: Partial<CastFile> = {}): CastFile {
  return {
    path: '/tmp/a.cast',
    size: { columns: 20, rows: 4 },
    duration: events.at(-1)?.time,
    events: async function* () {
      readings += 1;
      yield* events;
    },
    close: async () => {
      closed += 1;
    },
    ...more,
  };
}

function at(time: number, text: string): CastEvent {
  return { type: 'output', time, text };
}

async function playerOf(cast: CastFile): Promise<Player> {
  const player = createPlayer(cast, () => undefined);
  players.push(player);
  await pass(0);
  return player;
}

/** A little more, for what is due at once. */
async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000 + 10);
}

const room = { columns: 20, rows: 4 };

function text(player: Player): string {
  return (
    player
      .lines(0, room)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
      .map((line) => line.replace(/\x1b\[[\d;]*m/g, '').trimEnd())
      .join('\n')
      .trimEnd()
  );
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  readings = 0;
  closed = 0;
});

afterEach(() => {
  for (const player of players.splice(0)) player.close();
  vi.useRealTimers();
});

describe('a recording that is played', () => {
  const letters = castOf([at(0, 'a'), at(1, 'b'), at(3, 'c'), at(10, 'd'), at(60, 'e')]);

  it('shows each output in its time, and its end is said', async () => {
    const player = await playerOf(letters);
    expect(text(player)).toBe('a');
    await pass(1);
    expect(text(player)).toBe('ab');
    expect(player.place()).toMatchObject({ phase: 'playing', at: 1, duration: 60, speed: 1 });
    await pass(1.5);
    expect(text(player)).toBe('ab');
    await pass(60);
    expect(text(player)).toBe('abcde');
    expect(player.place()).toMatchObject({ phase: 'ended', at: 60 });
  });

  it('is held and goes on where it was', async () => {
    const player = await playerOf(letters);
    player.act({ type: 'toggle' });
    await pass(100);
    expect(text(player)).toBe('a');
    expect(player.place()).toMatchObject({ phase: 'held', at: 0 });
    player.act({ type: 'toggle' });
    await pass(1);
    expect(text(player)).toBe('ab');
  });

  it('goes forward, back, to its end, to its beginning, and plays on from there', async () => {
    const player = await playerOf(letters);
    player.act({ type: 'seek', by: 5 });
    await pass(0);
    expect(text(player)).toBe('abc');
    player.act({ type: 'end' });
    await pass(0);
    expect(text(player)).toBe('abcde');
    player.act({ type: 'seek', by: -45 });
    await pass(0);
    expect(text(player)).toBe('abcd');
    expect(player.place()).toMatchObject({ phase: 'held', at: 15 });
    player.act({ type: 'toggle' });
    player.act({ type: 'start' });
    await pass(0);
    expect(text(player)).toBe('a');
    await pass(1);
    expect(text(player)).toBe('ab');
  });

  it('plays again from its beginning if it is played at its end', async () => {
    const player = await playerOf(letters);
    player.act({ type: 'end' });
    await pass(0);
    player.act({ type: 'end' });
    player.act({ type: 'seek', by: 5 });
    player.act({ type: 'toggle' });
    await pass(0);
    expect(text(player)).toBe('a');
    expect(player.place().phase).toBe('playing');
  });

  it('is stepped through, output by output, however long nothing comes', async () => {
    const player = await playerOf(letters);
    const seen: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      player.act({ type: 'step' });
      await pass(0);
      seen.push(text(player));
    }
    expect(seen).toEqual(['ab', 'abc', 'abcd', 'abcde', 'abcde']);
    expect(player.place().phase).toBe('ended');
  });

  it('is faster or slower, within bounds', async () => {
    const player = await playerOf(letters);
    for (let turn = 0; turn < 20; turn += 1) player.act({ type: 'faster' });
    expect(player.place().speed).toBe(32);
    await pass(10 / 32);
    expect(text(player)).toBe('abcd');
    for (let turn = 0; turn < 20; turn += 1) player.act({ type: 'slower' });
    expect(player.place().speed).toBe(0.25);
  });

  it('says for how long nothing comes', async () => {
    const player = await playerOf(castOf([at(0, 'a'), at(1e300, 'b')]));
    expect(player.place().silence).toBeGreaterThan(1e299);
    player.act({ type: 'step' });
    await pass(0);
    expect(text(player)).toBe('ab');
  });

  it('has the size that it had then; of a larger one the part with the cursor is shown', async () => {
    const player = await playerOf(
      castOf([
        { type: 'resize', time: 0, columns: 30, rows: 10 },
        at(0, `\x1b[9;1H${'x'.repeat(25)}\x1b[9;3H`),
      ]),
    );
    const lines = player.lines(0, room);
    expect(lines).toHaveLength(4);
    expect(text(player)).toContain('x'.repeat(20));
    expect(text(player)).not.toContain('x'.repeat(21));
    expect(lines[3]).toContain('\x1b[0;7mx\x1b[0m');
  });

  it('shows what was there before until it has come to where it should be', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => at(n / 100, `${n} ${'x'.repeat(100)}`));
    const player = await playerOf(castOf([...many, at(40, 'last')]));
    player.act({ type: 'end' });
    await pass(0.2);
    player.act({ type: 'seek', by: -1 });
    expect(text(player)).toContain('last');
    expect(player.place().phase).toBe('seeking');
    await pass(0.2);
    expect(text(player)).not.toContain('last');
  });

  it('asks, and is never answered', async () => {
    const player = await playerOf(castOf([at(0, '\x1b[6n\x1b[c\x1bP$qm\x1b\\\x1b]52;c;?\x07ok')]));
    // There is nothing that an answer could go to: what is asked only must not be shown or keep it from going on.
    expect(text(player)).toBe('ok');
  });

  it('that cannot be read any more says so', async () => {
    const player = await playerOf(
      castOf([], {
        events: async function* () {
          yield at(0, 'a');
          yield { type: 'unreadable', time: 0 };
          throw new Error('EIO');
        },
      }),
    );
    expect(player.place()).toMatchObject({ phase: 'ended', failure: 'EIO', unreadable: 1 });
  });

  it('reads nothing and waits for nothing once it is closed', async () => {
    const player = await playerOf(letters);
    player.close();
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
    expect([readings, closed]).toEqual([1, 1]);
  });
});
