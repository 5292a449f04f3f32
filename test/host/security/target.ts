/** A running machine to attack, made before a file's tests: as users get it, or with guards taken away. */
import { beforeAll } from 'vitest';
import type { CliResult } from '../../setup/run-cli.ts';
import type { HostRoot } from '../../setup/with-root.ts';
import { type Outcomes, parseOutcomes, plant, type Run } from './attack.ts';
import { type Weakening, weakenedHelper } from './weakened-helper.ts';

export interface Target {
  readonly name: string;
  /** Runs the program of attacks/ inside, as root. */
  attack(program: string, ...args: readonly string[]): Promise<Outcomes>;
  /** Runs a script of the machine's shell; returns all there is to see. */
  shell(script: string): Promise<CliResult>;
  /** The same; throws unless it exits with 0. Returns stdout, trimmed. */
  ask(script: string): Promise<string>;
  /** The path inside of a program of attacks/, planted on first use. */
  planted(program: string): Promise<string>;
  run: Run;
  /** What `run` adds to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The host's pid of its init. */
  pid(): Promise<number>;
}

export interface TargetOptions {
  /** KEY=VALUE as for `create --set`. */
  readonly settings?: readonly string[];
  /** What is taken from its launch plan and from every `exec` into it. */
  readonly weakenings?: readonly Weakening[];
}

/** These tests are about the other guards: AppArmor, where the host has it, must not stand in for one that is missing. */
const WITHOUT_PROFILE = 'apparmor=off';

export function withTarget(host: HostRoot, name: string, options: TargetOptions = {}): Target {
  const target = targetOf(host, name, options);
  beforeAll(async () => {
    const settings = [WITHOUT_PROFILE, ...(options.settings ?? [])].flatMap((setting) => ['--set', setting]);
    await host.done(['create', name, '-t', 'busybox', ...settings]);
    const { code, stderr } = await target.run(['start', name]);
    if (code !== 0) throw new Error(`${name} does not start: ${stderr}`);
  });
  return target;
}

function targetOf(host: HostRoot, name: string, { weakenings = [] }: TargetOptions): Target {
  const env: Record<string, string> =
    weakenings.length === 0 ? {} : { TSMACHINE_HELPER: weakenedHelper(name, weakenings) };
  const run: Run = (args, input = new Uint8Array()) => host.cli(args, { env, input });
  const plants = new Map<string, Promise<string>>();

  const planted = (program: string): Promise<string> => {
    const known = plants.get(program) ?? plant(run, name, program);
    plants.set(program, known);
    return known;
  };
  const shell = (script: string): Promise<CliResult> => run(['exec', name, '--', 'sh', '-c', script]);
  return {
    name,
    run,
    env,
    planted,
    shell,
    attack: async (program, ...args) =>
      parseOutcomes(await run(['exec', name, '--', await planted(program), ...args])),
    ask: async (script) => {
      const { code, stdout, stderr } = await shell(script);
      if (code !== 0) throw new Error(`'${script}' exited with ${code} in ${name}: ${stderr}`);
      return stdout.trim();
    },
    pid: async () => {
      const machines: { name: string; pid: number }[] = JSON.parse(
        await host.done(['list', '--json']),
      ).machines;
      const machine = machines.find((candidate) => candidate.name === name);
      if (machine === undefined) throw new Error(`${name} is not listed`);
      return machine.pid;
    },
  };
}
