/** What a machine may: [Exec], and the owner of its files. */
import type { SettingsChange } from '../../../backends/manager/settings.ts';
import { type ConfigWord, lastOf, parseBoolean, type ValuesOf } from './word.ts';

/** Every system call that systemd knows by name. */
const ALL_CALLS = '@known';

export const isolationWords: readonly ConfigWord[] = [
  {
    part: ({ privileged }) => privileged,
    read: (config, values) => ({
      ...config,
      privileged: isPrivileged(values('Exec', 'PrivateUsers').at(-1)),
    }),
    write: ({ privileged }, values) => [
      { section: 'Exec', key: 'PrivateUsers', values: [privileged ? 'no' : 'pick'] },
      ...(privileged ? [] : ownership(values)),
    ],
  },
  {
    part: ({ noNewPrivileges }) => noNewPrivileges,
    read: (config, values) => ({
      ...config,
      noNewPrivileges: lastOf(values('Exec', 'NoNewPrivileges'), parseBoolean) ?? false,
    }),
    write: ({ noNewPrivileges }) => [
      { section: 'Exec', key: 'NoNewPrivileges', values: noNewPrivileges ? ['yes'] : [] },
    ],
  },
  {
    part: ({ seccomp }) => seccomp,
    read: (config, values) => ({
      ...config,
      seccomp: words(values('Exec', 'SystemCallFilter')).includes(ALL_CALLS) ? 'off' : 'default',
    }),
    write: ({ seccomp }, values) => {
      const others = values('Exec', 'SystemCallFilter').filter((line) => !words([line]).includes(ALL_CALLS));
      return [
        {
          section: 'Exec',
          key: 'SystemCallFilter',
          values: seccomp === 'off' ? [...others, ALL_CALLS] : others,
        },
      ];
    },
  },
  capabilities('add', 'Capability'),
  capabilities('drop', 'DropCapability'),
];

function capabilities(list: 'add' | 'drop', key: string): ConfigWord {
  return {
    part: (config) => config.capabilities[list],
    read: (config, values) => ({
      ...config,
      capabilities: { ...config.capabilities, [list]: names(values('Exec', key)) },
    }),
    // One line each: those that stay, stay as they are written.
    write: (config, values) => {
      const wanted = config.capabilities[list];
      const kept = values('Exec', key).filter((line) => names([line]).every((name) => wanted.includes(name)));
      const added = wanted.filter((name) => !names(kept).includes(name));
      return [
        { section: 'Exec', key, values: [...kept, ...added.map((name) => `CAP_${name.toUpperCase()}`)] },
      ];
    },
  };
}

function names(lines: readonly string[]): readonly string[] {
  const found = words(lines).map((word) => word.toLowerCase().replace(/^cap_/, ''));
  return [...new Set(found.filter((name) => /^[a-z][a-z0-9_]*$/.test(name)))];
}

function words(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(/[ \t]+/).filter(Boolean));
}

/** The unit says -U, which is `pick`. With `identity` root inside is root on the host too. */
export function isPrivileged(value: string | undefined): boolean {
  return value !== undefined && (value === 'identity' || parseBoolean(value) === false);
}

/** As -U has it: files are mapped where the kernel can, and change hands where it cannot. */
function ownership(values: ValuesOf): readonly SettingsChange[] {
  const key = 'PrivateUsersOwnership';
  return values('Files', key).length > 0 ? [] : [{ section: 'Files', key, values: ['auto'] }];
}
