/** autostart, autostart.priority, .delay and .groups: what `tsmachine autostart` starts, and in what order (lxc.start.*, lxc.group). */
import { autostartPriority, isWithin, restartSpanMs } from '../values/bounds.ts';
import { formatSpan, parseSpan } from '../values/durations.ts';
import { isGroupName } from '../values/group-name.ts';
import { parseSwitch } from '../values/switches.ts';
import type { ConfigKey } from './key.ts';
import { withMember } from './members.ts';

export const autostartKeys: readonly ConfigKey[] = [
  {
    name: 'autostart',
    summary: 'whether it is started with the host',
    allowed: 'yes or no',
    values: ['yes', 'no'],
    print: ({ autostart }) => ({ autostart: autostart?.enabled === true ? 'yes' : 'no' }),
    apply: (config, value, refuse) => {
      const enabled = value === '' ? false : (parseSwitch(value) ?? refuse());
      return withMember(config, 'autostart', 'enabled', enabled ? true : undefined);
    },
  },
  {
    name: 'autostart.priority',
    summary: 'those with a higher one are started before the others, and stopped after them',
    allowed: `a whole number, ${autostartPriority.least} to ${autostartPriority.most}`,
    values: ['0', '10', '100'],
    print: ({ autostart }) => ({ 'autostart.priority': String(autostart?.priority ?? 0) }),
    apply: (config, value, refuse) => {
      if (value === '') return withMember(config, 'autostart', 'priority', undefined);
      const priority = /^[+-]?\d{1,7}$/.test(value) ? Number(value) : refuse();
      if (!isWithin(priority, autostartPriority)) return refuse();
      return withMember(config, 'autostart', 'priority', priority === 0 ? undefined : priority);
    },
  },
  {
    name: 'autostart.delay',
    summary: 'how long after its start the next one waits',
    allowed: 'a span such as 500ms, 10s or 5m, up to 1d',
    values: ['0s', '5s', '1m'],
    print: ({ autostart }) => ({ 'autostart.delay': formatSpan(autostart?.delayMs ?? 0) }),
    apply: (config, value, refuse) => {
      if (value === '') return withMember(config, 'autostart', 'delayMs', undefined);
      const span = parseSpan(value) ?? refuse();
      if (!isWithin(span, restartSpanMs)) return refuse();
      return withMember(config, 'autostart', 'delayMs', span === 0 ? undefined : span);
    },
  },
  {
    name: 'autostart.groups',
    summary: 'groups that can be started and stopped alone',
    allowed: 'words of letters, digits, dot, hyphen and underscore, separated by commas; or nothing',
    values: [],
    print: ({ autostart }) => ({ 'autostart.groups': (autostart?.groups ?? []).join(',') }),
    apply: (config, value, refuse) => {
      const groups = [
        ...new Set(
          value
            .split(',')
            .map((word) => word.trim())
            .filter(Boolean),
        ),
      ];
      if (!groups.every(isGroupName)) return refuse();
      return withMember(config, 'autostart', 'groups', groups.length === 0 ? undefined : groups);
    },
  },
];
