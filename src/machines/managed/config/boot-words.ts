/** What is started in a machine, and how: [Exec]. */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { MachineConfig } from '../../config/config-schema.ts';
import { hostname } from '../../config/config-schema.ts';
import { toPlainPath } from '../../values/plain-path.ts';
import { parseSignal } from '../../values/signal-names.ts';
import { type ConfigWord, lastOf, parseBoolean, type ValuesOf } from './word.ts';
import { quoteWord, splitWords } from './words.ts';

/** What Boot= looks for, in its order. */
const inits: readonly string[] = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd', '/sbin/init'];

/** Without a word: the shell of the user. */
const SHELL = '/bin/sh';

const exec = (key: string, ...values: readonly string[]) => ({ section: 'Exec', key, values });

export const bootWords: readonly ConfigWord[] = [
  {
    part: (config) => config.hostname,
    read: (config, values) => {
      const found = lastOf(values('Exec', 'Hostname'), (value) =>
        v.is(hostname, value) ? value : undefined,
      );
      return found === undefined ? config : { ...config, hostname: found };
    },
    write: (config) => [exec('Hostname', ...(config.hostname === undefined ? [] : [config.hostname]))],
  },
  {
    part: ({ init }) => init.argv,
    read: (config, values) => withInit(config, { argv: readArgv(values) }),
    write: ({ init: { argv } }, values) => {
      const [program, ...rest] = argv;
      const boots = inits.includes(program);
      const parameters = (boots ? rest : argv).map((word) => quoteWord('init', word)).join(' ');
      // Parameters= counts only beside a word of how the machine is started.
      const word = boots ? ['yes'] : ['no'];
      const isDefault = boots && parameters === '' && boot(values) === undefined;
      return [
        exec('Boot', ...(isDefault ? [] : word)),
        exec('Parameters', ...(parameters === '' ? [] : [parameters])),
      ];
    },
  },
  {
    part: ({ init }) => init.environment,
    read: (config, values) => withInit(config, { environment: readEnvironment(values) }),
    write: ({ init }, values) => [exec('Environment', ...writeEnvironment(init.environment, values))],
  },
  {
    part: ({ init }) => init.workingDirectory,
    read: (config, values) =>
      withInit(config, { workingDirectory: lastOf(values('Exec', 'WorkingDirectory'), toPlainPath) ?? '/' }),
    write: ({ init }) => [
      exec('WorkingDirectory', ...(init.workingDirectory === '/' ? [] : [init.workingDirectory])),
    ],
  },
  {
    // Groups are those that the machine's own user database gives.
    part: ({ init }) => init.user.uid,
    read: (config, values) => {
      const uid =
        lastOf(values('Exec', 'User'), (value) => (/^\d{1,10}$/.test(value) ? Number(value) : undefined)) ??
        0;
      return withInit(config, { user: { uid, gid: uid, groups: [] } });
    },
    write: ({ init }) => [exec('User', ...(init.user.uid === 0 ? [] : [String(init.user.uid)]))],
  },
  {
    part: ({ init }) => init.notifies ?? false,
    read: (config, values) =>
      lastOf(values('Exec', 'NotifyReady'), parseBoolean) === true
        ? withInit(config, { notifies: true })
        : config,
    write: ({ init }) => [exec('NotifyReady', ...(init.notifies === true ? ['yes'] : []))],
  },
  {
    part: ({ signals }) => signals.halt,
    read: (config, values) => {
      const halt = lastOf(values('Exec', 'KillSignal'), parseSignal) ?? 'auto';
      return { ...config, signals: { ...config.signals, halt } };
    },
    write: ({ signals }) => [exec('KillSignal', ...(signals.halt === 'auto' ? [] : [signals.halt]))],
  },
];

function withInit(config: MachineConfig, part: Partial<MachineConfig['init']>): MachineConfig {
  const init = { ...config.init, ...part };
  return isDeepStrictEqual(init, config.init) ? config : { ...config, init };
}

function boot(values: ValuesOf): boolean | undefined {
  return lastOf(values('Exec', 'Boot'), parseBoolean);
}

function readArgv(values: ValuesOf): readonly [string, ...string[]] {
  const isStub = lastOf(values('Exec', 'ProcessTwo'), parseBoolean) === true;
  const boots = boot(values) ?? (isStub ? false : undefined);
  const parameters = values('Exec', 'Parameters').flatMap((line) => splitWords(line) ?? []);
  // The unit says --boot.
  if (boots === undefined) return ['/sbin/init'];
  if (boots) return ['/sbin/init', ...parameters];
  const [program = SHELL, ...rest] = parameters;
  return [program, ...rest];
}

function readEnvironment(values: ValuesOf): Readonly<Record<string, string>> {
  return Object.fromEntries(values('Exec', 'Environment').flatMap(variablesOf));
}

/** Lines that say what is wanted, and nothing else, stay as they are written. */
function writeEnvironment(wanted: Readonly<Record<string, string>>, values: ValuesOf): readonly string[] {
  const kept = values('Exec', 'Environment').filter((line) =>
    variablesOf(line).every(([name, value]) => Object.hasOwn(wanted, name) && wanted[name] === value),
  );
  const said = new Set(kept.flatMap(variablesOf).map(([name]) => name));
  const added = Object.entries(wanted).filter(([name]) => !said.has(name));
  return [...kept, ...added.map(([name, value]) => quoteWord(`environment.${name}`, `${name}=${value}`))];
}

function variablesOf(line: string): readonly (readonly [name: string, value: string])[] {
  return (splitWords(line) ?? []).flatMap((word) => {
    const equals = word.indexOf('=');
    return equals < 1 ? [] : [[word.slice(0, equals), word.slice(equals + 1)] as const];
  });
}
