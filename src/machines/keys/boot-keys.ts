/** hostname, init, init.notifies, environment.*, signals.*, console.log-size. */
import type { MachineConfig } from '../config/config-schema.ts';
import { consoleLogBytes, isWithin } from '../values/bounds.ts';
import { formatSize, parseSize } from '../values/quantities.ts';
import { parseSignal } from '../values/signal-names.ts';
import { parseSwitch } from '../values/switches.ts';
import type { ConfigKey, Refuse } from './key.ts';

export const bootKeys: readonly ConfigKey[] = [
  {
    name: 'hostname',
    summary: "the machine's host name; empty: the machine's name",
    allowed: 'letters, digits, hyphens and dots, up to 63, or nothing',
    values: [],
    print: ({ hostname }) => ({ hostname: hostname ?? '' }),
    apply: (config, value, refuse) => withHostname(config, value, refuse),
  },
  {
    name: 'init',
    summary: 'the first program and its arguments',
    allowed: 'words separated by spaces, or a JSON list of strings; the program is an absolute path',
    values: ['/sbin/init'],
    print: ({ init }) => ({ init: formatArgv(init.argv) }),
    apply: (config, value, refuse) => ({
      ...config,
      init: { ...config.init, argv: parseArgv(value, refuse) },
    }),
  },
  {
    name: 'init.notifies',
    summary: 'the first program says READY=1 by sd_notify when the machine has booted, as systemd does',
    allowed: 'true or false',
    values: ['true', 'false'],
    print: ({ init }) => ({ 'init.notifies': String(init.notifies ?? false) }),
    apply: (config, value, refuse) => withNotifies(config, parseSwitch(value) ?? refuse()),
  },
  {
    name: 'environment.*',
    summary: 'a variable in the environment of the first program',
    allowed: 'any text; empty removes the variable',
    values: [],
    print: ({ init }) =>
      Object.fromEntries(
        Object.entries(init.environment).map(([name, text]) => [`environment.${name}`, text]),
      ),
    apply: (config, value, refuse, member) => withVariable(config, member, value, refuse),
  },
  signalKey('halt', 'the signal that makes init halt'),
  signalKey('reboot', 'the signal that makes init reboot'),
  {
    name: 'console.log-size',
    summary: "bytes kept of the console's output",
    allowed: `${formatSize(consoleLogBytes.least)} to ${formatSize(consoleLogBytes.most)}`,
    values: ['256K', '1M', '16M'],
    print: (config) => ({ 'console.log-size': formatSize(config.console.logBytes) }),
    apply: (config, value, refuse) => {
      const logBytes = parseSize(value) ?? refuse();
      return { ...config, console: { logBytes: isWithin(logBytes, consoleLogBytes) ? logBytes : refuse() } };
    },
  },
];

function withHostname(config: MachineConfig, value: string, refuse: Refuse): MachineConfig {
  const { hostname: _, ...others } = config;
  if (value === '') {
    return others;
  }
  const fits = value.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value);
  return fits ? { ...others, hostname: value } : refuse();
}

/** Absent and false are the same, and written in one way. */
function withNotifies(config: MachineConfig, notifies: boolean): MachineConfig {
  const { notifies: _, ...init } = config.init;
  return { ...config, init: notifies ? { ...init, notifies } : init };
}

function parseArgv(value: string, refuse: Refuse): [string, ...string[]] {
  const [program, ...rest] = value.startsWith('[')
    ? parseList(value, refuse)
    : value.split(/\s+/).filter(Boolean);
  return program?.startsWith('/') ? [program, ...rest] : refuse();
}

function parseList(value: string, refuse: Refuse): readonly string[] {
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) {
      return list;
    }
  } catch {}
  return refuse();
}

function formatArgv(argv: readonly string[]): string {
  return argv.every((word) => /^[^\s[]\S*$/.test(word)) ? argv.join(' ') : JSON.stringify(argv);
}

function withVariable(config: MachineConfig, name: string, value: string, refuse: Refuse): MachineConfig {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return refuse(`"${name}" is not the name of a variable`);
  }
  const { [name]: _, ...others } = config.init.environment;
  const environment = value === '' ? others : { ...others, [name]: value };
  return { ...config, init: { ...config.init, environment } };
}

function signalKey(which: 'halt' | 'reboot', summary: string): ConfigKey {
  const name = `signals.${which}`;
  return {
    name,
    summary,
    allowed: 'auto, or a signal such as SIGPWR, USR2 or RTMIN+3',
    values: ['auto', 'SIGPWR', 'SIGTERM', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGRTMIN+3'],
    print: ({ signals }) => ({ [name]: signals[which] }),
    apply: (config, value, refuse) => ({
      ...config,
      signals: { ...config.signals, [which]: value === 'auto' ? 'auto' : (parseSignal(value) ?? refuse()) },
    }),
  };
}
