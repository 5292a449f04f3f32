/** Attack programs: C files of attacks/, compiled once a run, put into a machine through `exec` and run there as its root. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliResult } from '../../setup/run-cli.ts';
import { runFolder } from '../../setup/test-run.ts';

export type Run = (args: readonly string[], input?: Uint8Array) => Promise<CliResult>;

/** Label of each try to `ok` (the attack succeeded) or the name of errno. */
export type Outcomes = Readonly<Record<string, string>>;

/** Static, so that it runs in any root file system. */
export function compileAttack(program: string): string {
  const folder = join(runFolder(), 'attacks');
  const target = join(folder, program);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  const source = join(import.meta.dirname, 'attacks', `${program}.c`);
  execFileSync('cc', ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-static', '-o', target, source]);
  return target;
}

/** Puts the program into the machine as /attack-PROGRAM. */
export async function plant(run: Run, machine: string, program: string): Promise<string> {
  const path = `/attack-${program}`;
  const script = `cat > ${path} && chmod 4755 ${path}`;
  const { code, stderr } = await run(
    ['exec', machine, '--', 'sh', '-c', script],
    readFileSync(compileAttack(program)),
  );
  if (code !== 0) throw new Error(`${path} could not be put into ${machine}: ${stderr}`);
  return path;
}

/** Lines of "LABEL OUTCOME". Throws for none: an attack that did not run must not count as refused. */
export function parseOutcomes(result: CliResult): Outcomes {
  const outcomes = Object.fromEntries(
    result.stdout
      .split('\n')
      .filter((line) => line.includes(' '))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
  if (Object.keys(outcomes).length === 0) {
    throw new Error(`the attack said nothing (exit code ${result.code}): ${result.stderr}`);
  }
  return outcomes;
}

/** The labels whose attack succeeded. */
export function successes(outcomes: Outcomes): readonly string[] {
  return Object.keys(outcomes).filter((label) => outcomes[label] === 'ok');
}
