/** Attack programs: C files of attacks/, put into a machine through `exec` and run there as its root. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CliResult, projectFolder } from '../../setup/run-cli.ts';

export type Run = (args: readonly string[], input?: Uint8Array) => Promise<CliResult>;

/** Label of each try to `ok` (the attack succeeded) or the name of errno. */
export type Outcomes = Readonly<Record<string, string>>;

/** Compiled anew only if its source has changed. */
export function compileAttack(program: string): string {
  const target = join(projectFolder, 'build/attacks', program);
  const sources = join(import.meta.dirname, 'attacks');
  execFileSync('make', ['-s', '-C', sources, `OUT=${dirname(target)}`, target]);
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
