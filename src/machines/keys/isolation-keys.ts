/** privileged, nesting, no-new-privileges, seccomp, capabilities.*. */
import type { MachineConfig } from '../config/config-schema.ts';
import { nearest } from '../names/nearest.ts';
import { isProfileName } from '../values/profile-name.ts';
import { parseSwitch } from '../values/switches.ts';
import type { ConfigKey, Refuse } from './key.ts';

/** capabilities(7), Linux 6.x. */
const capabilityNames =
  'audit_control audit_read audit_write block_suspend bpf checkpoint_restore chown dac_override dac_read_search fowner fsetid ipc_lock ipc_owner kill lease linux_immutable mac_admin mac_override mknod net_admin net_bind_service net_broadcast net_raw perfmon setfcap setgid setpcap setuid sys_admin sys_boot sys_chroot sys_module sys_nice sys_pacct sys_ptrace sys_rawio sys_resource sys_time sys_tty_config syslog wake_alarm'.split(
    ' ',
  );

export const isolationKeys: readonly ConfigKey[] = [
  switchKey('privileged', 'privileged', 'no user namespace: root inside is root on the host'),
  switchKey('nesting', 'nesting', 'the machine may run machines of its own'),
  switchKey('no-new-privileges', 'noNewPrivileges', 'set-user-id programs gain nothing'),
  {
    name: 'seccomp',
    summary: 'the filter of system calls',
    allowed: 'default or off',
    values: ['default', 'off'],
    print: ({ seccomp }) => ({ seccomp }),
    apply: (config, value, refuse) => ({
      ...config,
      seccomp: value === 'default' || value === 'off' ? value : refuse(),
    }),
  },
  {
    name: 'apparmor',
    summary: 'the AppArmor profile, where the host has AppArmor',
    allowed: 'default, off, or the name of a profile that is loaded on the host',
    values: ['default', 'off'],
    print: ({ apparmor }) => ({ apparmor: apparmor ?? 'default' }),
    apply: (config, value, refuse) => withProfile(config, value || 'default', refuse),
  },
  capabilitiesKey('add', 'capabilities beyond the default set'),
  capabilitiesKey('drop', 'capabilities taken from the default set'),
];

function withProfile(
  { apparmor: _, ...config }: MachineConfig,
  value: string,
  refuse: Refuse,
): MachineConfig {
  if (value === 'default') return config;
  return { ...config, apparmor: isProfileName(value) ? value : refuse() };
}

function switchKey(
  name: string,
  field: 'privileged' | 'nesting' | 'noNewPrivileges',
  summary: string,
): ConfigKey {
  return {
    name,
    summary,
    allowed: 'true or false',
    values: ['true', 'false'],
    print: (config) => ({ [name]: String(config[field]) }),
    apply: (config, value, refuse) => ({ ...config, [field]: parseSwitch(value) ?? refuse() }),
  };
}

function capabilitiesKey(list: 'add' | 'drop', summary: string): ConfigKey {
  const name = `capabilities.${list}`;
  return {
    name,
    summary,
    allowed: 'names such as net_raw,sys_time, or nothing',
    values: capabilityNames,
    print: ({ capabilities }) => ({ [name]: capabilities[list].join(',') }),
    apply: (config, value, refuse) => withCapabilities(config, list, parseCapabilities(value, refuse)),
  };
}

function withCapabilities(
  config: MachineConfig,
  list: 'add' | 'drop',
  names: readonly string[],
): MachineConfig {
  return { ...config, capabilities: { ...config.capabilities, [list]: names } };
}

function parseCapabilities(value: string, refuse: Refuse): readonly string[] {
  const words = value.split(/[\s,]+/).filter((word) => word !== '');
  return [...new Set(words.map((word) => parseCapability(word, refuse)))];
}

function parseCapability(word: string, refuse: Refuse): string {
  const name = word.toLowerCase().replace(/^cap_/, '');
  if (!capabilityNames.includes(name)) {
    const meant = nearest(name, capabilityNames);
    refuse(`there is no capability "${word}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`);
  }
  return name;
}
