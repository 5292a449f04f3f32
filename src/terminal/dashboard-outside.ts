/** What the dashboard's consoles need of files and processes: shells on a pty, recordings, this terminal for a command. */
import { resolve } from 'node:path';
import { recordToFile } from './asciicast.ts';
import { openCast } from './asciicast-file.ts';
import { openPty } from './pty-connection.ts';
import { listRecordings } from './recordings.ts';
import { runHere, runHereToRead } from './run-here.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How this program is run once more, with the same machines. */
export interface OwnProgram {
  readonly file: string;
  readonly words: readonly string[];
}

export function dashboardOutside(
  { file, words }: OwnProgram,
  environment: Readonly<Record<string, string | undefined>>,
) {
  return {
    openShell: (name: string, size: Size) => openPty({ file, words: [...words, 'shell', name], ...size }),
    record: (name: string, size: Size) => {
      const path = recordingPath(name, new Date());
      const { TERM = 'dumb', SHELL = '/bin/sh' } = environment;
      return { path, recording: recordToFile(path, { ...size, title: name, environment: { TERM, SHELL } }) };
    },
    recordings: () => listRecordings(process.cwd()),
    openRecording: (path: string) => openCast(resolve(path)),
    runHere: (more: readonly string[]) => runHere(file, [...words, ...more]),
    runHereToRead: (more: readonly string[]) => runHereToRead(file, [...words, ...more]),
  };
}

/** In the folder where the program was started: `web-2026-11-28T19-30-05.cast`. */
export function recordingPath(name: string, at: Date): string {
  return resolve(`${name}-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.cast`);
}

/** Options before the command that choose other machines than the standard ones, as they were given. */
export function ownWords(given: readonly string[], optionsWithValue: readonly string[]): readonly string[] {
  return given.filter((word, index) => {
    const [option = ''] = word.split('=', 1);
    if (optionsWithValue.includes(option)) return true;
    return optionsWithValue.includes(given[index - 1] ?? '');
  });
}
