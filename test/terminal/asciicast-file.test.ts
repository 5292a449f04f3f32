import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecording } from '../../src/terminal/asciicast.ts';
import { type CastEvent, openCast } from '../../src/terminal/asciicast-file.ts';
import { listRecordings } from '../../src/terminal/recordings.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cast-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const header = '{"version": 2, "width": 80, "height": 24}\n';

function fileWith(text: string): string {
  const path = join(folder, 'a.cast');
  writeFileSync(path, text);
  return path;
}

async function eventsIn(path: string): Promise<readonly CastEvent[]> {
  const cast = await openCast(path);
  const events: CastEvent[] = [];
  for await (const event of cast.events()) events.push(event);
  await cast.close();
  return events;
}

describe('a recording that is read', () => {
  it('is what was recorded: its size, its output and its resizes in their time, what was typed left out', async () => {
    let now = 0;
    let text = '';
    const recording = createRecording(
      (line) => {
        text += line;
      },
      { columns: 100, rows: 30, title: 'web', environment: {} },
      () => now,
    );
    recording.output(Buffer.from('日本\r\n'));
    now = 1500;
    recording.input(Buffer.from('secret\r'));
    recording.resize(120, 40);
    now = 2250;
    recording.output(Buffer.from('\x1b[31mred'));
    recording.close();
    const path = fileWith(text);
    const cast = await openCast(path);
    expect(cast).toMatchObject({ path, size: { columns: 100, rows: 30 }, duration: 2.25 });
    await cast.close();
    expect(await eventsIn(path)).toEqual([
      { type: 'output', time: 0, text: '日本\r\n' },
      { type: 'resize', time: 1.5, columns: 120, rows: 40 },
      { type: 'output', time: 2.25, text: '\x1b[31mred' },
    ]);
  });

  it('tells lines that are none of it, and goes on; time never goes back', async () => {
    const lines = [
      'nonsense',
      '[5,"o","five"]',
      '[1,"o","earlier"]',
      '[1e999,"o","never"]',
      '["1","o","text"]',
      '[6,"o",7]',
      `${'['.repeat(200_000)}`,
      '[6,"m","a mark"]',
      '[6,"r","wide"]',
      '[7,"o","end without a line feed"]',
    ];
    expect(
      (await eventsIn(fileWith(header + lines.join('\n')))).map((event) => [event.type, event.time]),
    ).toEqual([
      ['unreadable', 0],
      ['output', 5],
      ['output', 5],
      ...Array.from({ length: 5 }, () => ['unreadable', 5]),
      ['output', 7],
    ]);
  });

  it('may have a line without end: nothing of it is kept', async () => {
    const path = fileWith(`${header}[1,"o","before"]\n`);
    truncateSync(path, 1 << 27);
    const before = process.memoryUsage().arrayBuffers;
    expect((await eventsIn(path)).map(({ type }) => type)).toEqual(['output', 'unreadable']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 25);
  });

  it('may ask for a screen larger than memory: it gets a large one', async () => {
    const path = fileWith('{"version":2,"width":1e9,"height":1e9}\n[0,"r","999999x999999"]\n[0,"r","0x0"]\n');
    const cast = await openCast(path);
    expect(cast.size).toEqual({ columns: 500, rows: 200 });
    await cast.close();
    expect(await eventsIn(path)).toMatchObject([
      { columns: 500, rows: 200 },
      { columns: 80, rows: 24 },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['something else', 'hello\n'],
    ['another version', '{"version":1,"width":80,"height":24,"stdout":[]}\n'],
    ['JSON of another kind', 'null\n'],
  ])('is refused if it is %s', async (_, text) => {
    await expect(openCast(fileWith(text))).rejects.toThrow('is no recording (asciicast v2)');
  });

  it('is refused if it is no file, and a FIFO that nobody writes to is not waited for', async () => {
    const fifo = join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    await expect(openCast(fifo)).rejects.toThrow('is no regular file');
    await expect(openCast('/dev/zero')).rejects.toThrow('is no regular file');
    await expect(openCast(folder)).rejects.toThrow('is no regular file');
    await expect(openCast(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the recordings of a folder', () => {
  it('are its files of that name, the newest first', async () => {
    for (const [name, time] of [
      ['old.cast', 1000],
      ['new.cast', 2000],
      ['other.txt', 3000],
    ] as const) {
      writeFileSync(join(folder, name), header);
      utimesSync(join(folder, name), time, time);
    }
    symlinkSync('/dev/zero', join(folder, 'link.cast'));
    expect(await listRecordings(folder)).toEqual([
      { path: join(folder, 'new.cast'), name: 'new.cast', bytes: header.length, changedAt: 2_000_000 },
      { path: join(folder, 'old.cast'), name: 'old.cast', bytes: header.length, changedAt: 1_000_000 },
    ]);
  });
});
