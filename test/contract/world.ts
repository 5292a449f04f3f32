/** Where the cases of the contract are run: the domain's face over one backend, and ways to its machines' files that are not part of it. */
import type { Machines } from '../../src/machines/machines.ts';
import type { CliOptions, CliResult } from '../setup/run-cli.ts';

export type WorldName = 'fake' | 'native' | 'nspawn';

export interface World {
  readonly name: WorldName;
  readonly machines: Machines;
  /** Of a template that is small, and whose init halts when it is told to. */
  readonly template: string;
  /** A name that nothing has yet. */
  newName(): string;
  /** A machine of that template, down; made without the verb that is looked at, where there is another way. */
  make(name?: string): Promise<string>;
  /** One that runs. */
  boot(name?: string): Promise<string>;
  /** The same, running, for many cases: they leave it as it is. */
  shared(): Promise<string>;
  /** One with a console on which its init gives a login; running. */
  withConsole(): Promise<string>;
  /** Brings it down at once. */
  halt(name: string): Promise<void>;
  /** Files of a machine that is down: absolute paths inside. */
  write(name: string, path: string, text: string): Promise<void>;
  /** Undefined: there is no such file. */
  read(name: string, path: string): Promise<string | undefined>;
  /** The stored configuration as a person would edit it. */
  withHostname(text: string, hostname: string): string;
  /** An empty folder of the host. */
  folder(): string;
  /** The built program, for what goes through its streams. */
  cli(args: readonly string[], options?: CliOptions): Promise<CliResult>;
}
