/** One row of the table of keys (config-keys.ts): it drives parsing, printing and completion. */
import type { LimitName } from '../../backends/limits.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { MachineError } from '../errors.ts';

export interface ConfigKey {
  /** As people write it; a family writes its part as `*`: `rlimit.*`. */
  readonly name: string;
  readonly summary: string;
  /** What may be written, in words: it ends the error of a wrong value. */
  readonly allowed: string;
  /** For completion: whole values, or good beginnings. */
  readonly values: readonly string[];
  /** For completion of a family: what may stand for `*`; none if anything may. */
  readonly members?: readonly string[];
  /** Adds to a list instead of setting one value; several values come as lines. */
  readonly adds?: true;
  /** The limit of cgroups that it is, or belongs to: then it holds for a running machine at once. */
  readonly limit?: LimitName;
  /** What `config NAME` prints: full keys and values. Everything printed can be parsed again. */
  readonly print: (config: MachineConfig) => Readonly<Record<string, string>>;
  /** `member` is what stands for `*`, else empty. Throws by `refuse`. */
  readonly apply: (config: MachineConfig, value: string, refuse: Refuse, member: string) => MachineConfig;
}

/** Throws the error that names key, value and what is allowed; `why` says more than that. */
export type Refuse = (why?: string) => never;

export function refuser(key: ConfigKey, written: string, value: string): Refuse {
  return (why) => {
    throw new MachineError('usage', `${written}: ${why ?? `${JSON.stringify(value)} is not allowed`}`, {
      subject: written,
      hint: `allowed: ${key.allowed}`,
    });
  };
}
