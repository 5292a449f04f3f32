import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownWords, recordingPath } from '../../src/terminal/dashboard-outside.ts';
import { openPty } from '../../src/terminal/pty-connection.ts';
import { runHere } from '../../src/terminal/run-here.ts';

async function all(connection: Awaited<ReturnType<typeof openPty>>): Promise<string> {
  let text = '';
  for await (const event of connection.output) if (event.type === 'data') text += event.bytes.toString();
  return text;
}

describe('a program on a pty', () => {
  it('has its size, gets what is typed, and its output ends with it', async () => {
    const connection = await openPty({
      file: '/bin/sh',
      words: ['-c', 'stty size; read line; echo got $line'],
      columns: 77,
      rows: 11,
    });
    await connection.write(Buffer.from('é\r'));
    expect(await all(connection)).toMatch(/11 77\r\n[\s\S]*got é\r\n$/);
  });

  it('loses nothing of a flood while it lives', async () => {
    const words = ['-c', 'seq 300000; read line'];
    const connection = await openPty({ file: '/bin/sh', words, columns: 80, rows: 24 });
    let text = '';
    for await (const event of connection.output) {
      if (event.type === 'data') text += event.bytes.toString();
      if (text.endsWith('\n300000\r\n')) break;
    }
    connection.close();
    expect(text.split('\r\n')).toHaveLength(300_001);
  });

  it('loses nothing of what it wrote last, also when nobody reads it for a while', async () => {
    // More than waits here: some is still in the pty when the program has ended.
    const words = ['-c', 'head -c 540000 /dev/zero | tr "\\0" x; echo end'];
    const connection = await openPty({ file: '/bin/sh', words, columns: 80, rows: 24 });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(await all(connection)).toHaveLength(540_005);
  });

  it('is hung up when it is closed', async () => {
    const connection = await openPty({ file: '/bin/sh', words: ['-c', 'sleep 1000'], columns: 80, rows: 24 });
    connection.close();
    expect(await all(connection)).toBe('');
  });
});

describe('outside of the dashboard', () => {
  it('a command is run on this terminal, and waited for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-here-'));
    await runHere('/bin/sh', ['-c', `echo done > ${folder}/file`]);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('done\n');
    rmSync(folder, { recursive: true });
  });

  it('recordings are named for the machine and the time', () => {
    expect(recordingPath('web', new Date('2026-11-28T19:30:05Z'))).toMatch(
      /\/web-2026-11-28T19-30-05\.cast$/,
    );
  });

  it('the same machines are meant by a command that is run there', () => {
    const options = ['--root', '--backend'];
    expect(ownWords(['--root', '/a', 'dashboard', '--read-only'], options)).toEqual(['--root', '/a']);
    expect(ownWords(['dashboard', '--root=/a'], options)).toEqual(['--root=/a']);
  });
});
