/** domain-program.ts in processes of its own, which die by SIGKILL where they are told to. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect } from 'vitest';
import { crashPoints, type SteppedCommand } from '../../src/machines/store/crash-points.ts';

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it said of its failure. */
  readonly words: string;
}

export interface KilledProgram {
  readonly run: (args: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<Ending>;
  /** Dies at the step, and nowhere else. `verb`: the program's, if it is not the command's name. */
  readonly die: (
    command: SteppedCommand,
    step: number,
    args: readonly string[],
    verb?: string,
  ) => Promise<void>;
  /** Dies in the middle of a verb of the fake storage. */
  readonly dieInStorage: (storageVerb: string, args: readonly string[]) => Promise<void>;
}

/** Built once for a file of tests. `program`: a file beside this one. */
export function killedProgram(program = 'domain-program.ts'): KilledProgram {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsmachine-crash-'));
    buildSync({
      entryPoints: [resolve(import.meta.dirname, program)],
      outfile: join(folder, 'program.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run: KilledProgram['run'] = (args, environment = {}) =>
    new Promise((done) => {
      const env = { ...process.env, ...environment };
      const built = [join(folder, 'program.mjs'), ...args];
      const child = spawn(process.execPath, built, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      let words = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        words += chunk;
      });
      child.on('close', (code, signal) => done({ code, signal, words }));
    });
  const killed = { code: null, signal: 'SIGKILL', words: '' };
  return {
    run,
    die: async (command, step, args, verb = command) => {
      expect(await run([verb, ...args], { TSMACHINE_CRASH_AT: `${command}:${step}` })).toEqual(killed);
    },
    dieInStorage: async (storageVerb, args) => {
      expect(await run(args, { FAKE_STORAGE_CRASH_AT: storageVerb })).toEqual(killed);
    },
  };
}

export function stepsOf(command: SteppedCommand): readonly number[] {
  return Array.from({ length: crashPoints[command] }, (_, index) => index + 1);
}
