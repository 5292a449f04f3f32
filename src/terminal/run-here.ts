/** Gives this terminal to another program until it ends. */
import { spawn } from 'node:child_process';

/** Says how it ended, and waits until that has been read. Ctrl-C is for the program alone. */
const readFirst =
  'trap : INT; "$@"; printf "\\n[it ended with %s] Enter: back to the dashboard " "$?"; read -r _';

/** As runHere, and what it printed stays to be read until somebody presses Enter. */
export function runHereToRead(file: string, words: readonly string[]): Promise<void> {
  return runHere('/bin/sh', ['-c', readFirst, 'sh', file, ...words]);
}

/** Resolves when it has ended, however; who asked has left raw mode before, and enters it again. */
export function runHere(file: string, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn(file, [...words], { stdio: 'inherit' })
      .on('exit', () => resolve())
      .on('error', reject);
  });
}
