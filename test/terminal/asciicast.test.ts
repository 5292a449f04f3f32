import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecording, recordToFile } from '../../src/terminal/asciicast.ts';

const project = join(import.meta.dirname, '../..');
const header = { columns: 80, rows: 24, title: 'web', environment: { TERM: 'xterm', SHELL: '/bin/sh' } };

describe('a recording', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recording-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is an asciicast v2: a header, then time, code and text of every event', () => {
    const lines: string[] = [];
    let now = 1_700_000_000_000;
    const recording = createRecording(
      (line) => lines.push(line),
      header,
      () => now,
    );
    now += 250;
    recording.output(Buffer.from('login: '));
    now += 1000;
    recording.input(Buffer.from('root\r'));
    recording.resize(120, 40);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { version: 2, width: 80, height: 24, timestamp: 1_700_000_000, title: 'web', env: header.environment },
      [0.25, 'o', 'login: '],
      [1.25, 'i', 'root\r'],
      [1.25, 'r', '120x40'],
    ]);
    expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
  });

  it('keeps characters whole that arrive in pieces', () => {
    const lines: string[] = [];
    const recording = createRecording(
      (line) => lines.push(line),
      header,
      () => 0,
    );
    const bytes = Buffer.from('日');
    recording.output(bytes.subarray(0, 2));
    recording.output(bytes.subarray(2));
    expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual([[0, 'o', '日']]);
  });

  it('is on disk at every moment, for its owner alone', () => {
    const path = join(folder, 'a.cast');
    const recording = recordToFile(path, header);
    recording.output(Buffer.from('x'));
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    recording.close();
  });

  it('never overwrites a file', () => {
    const path = join(folder, 'a.cast');
    recordToFile(path, header).close();
    expect(() => recordToFile(path, header)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  it('never follows a link that somebody has put there', () => {
    const path = join(folder, 'a.cast');
    symlinkSync(join(folder, 'precious'), path);
    expect(() => recordToFile(path, header)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(existsSync(join(folder, 'precious'))).toBe(false);
  });

  it('has whole lines only when it could not be written to its end, and is no file when it could not be begun', () => {
    buildSync({
      entryPoints: [join(project, 'src/terminal/asciicast.ts')],
      outfile: join(folder, 'asciicast.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const program = `
      import { recordToFile } from './asciicast.mjs';
      const attempt = (deed) => { try { return deed(); } catch (error) { console.log(error.code); } };
      const recording = attempt(() => recordToFile(process.argv[2], ${JSON.stringify(header)}));
      attempt(() => recording?.output(Buffer.from('whole')));
      attempt(() => recording?.output(Buffer.alloc(9000, 'x')));
      recording?.close();
    `;
    writeFileSync(join(folder, 'program.mjs'), program);
    // A limit on the size of files cuts a write as a full disk does; Node ignores SIGXFSZ.
    const withLimit = (kibibytes: number, name: string): string =>
      spawnSync('bash', ['-c', `ulimit -f ${kibibytes}; exec "$0" program.mjs ${name}`, process.execPath], {
        cwd: folder,
        encoding: 'utf8',
      }).stdout;
    expect(withLimit(4, 'a.cast')).toBe('EFBIG\n');
    expect(readFileSync(join(folder, 'a.cast'), 'utf8')).toMatch(/^\{.*\}\n\[.*"whole"\]\n$/);
    expect(withLimit(0, 'b.cast')).toBe('EFBIG\n');
    expect(existsSync(join(folder, 'b.cast'))).toBe(false);
  });
});
