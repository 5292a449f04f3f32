/** Gives this terminal to another program until it ends. */
import { spawn } from 'node:child_process';

/** Resolves when it has ended, however; who asked has left raw mode before, and enters it again. */
export function runHere(file: string, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn(file, [...words], { stdio: 'inherit' })
      .on('exit', () => resolve())
      .on('error', reject);
  });
}
