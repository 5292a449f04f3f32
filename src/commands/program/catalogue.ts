/**
 * Every command's name, in the order of `--help`. The files are loaded one by one when asked for: a start-up that
 * loaded and declared all of them would take milliseconds longer.
 */
import type { CommandDefinition } from './command-definition.ts';

export interface CatalogueCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly group: string;
  readonly hidden?: true;
  readonly load: () => Promise<CommandDefinition>;
}

export interface CatalogueGroup {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly group: string;
  readonly hidden?: true;
  readonly children: readonly CatalogueCommand[];
}

export type CatalogueEntry = CatalogueCommand | CatalogueGroup;

type Loader = () => Promise<{ readonly command: CommandDefinition }>;

function entry(
  group: string,
  name: string,
  aliases: readonly string[],
  summary: string,
  load: Loader,
): CatalogueCommand {
  return { name, aliases, summary, group, load: async () => (await load()).command };
}

const life = 'Life:';
const inside = 'Inside:';
const look = 'Look:';
const make = 'Make and change:';
const time = 'Time travel:';
const host = 'Host:';

export const catalogue: readonly CatalogueEntry[] = [
  entry(make, 'create', [], 'make a machine from a template', () => import('../making/create.ts')),
  entry(life, 'run', [], 'run a command in a machine made for it', () => import('../entering/run.ts')),
  entry(life, 'start', ['boot'], 'start machines', () => import('../lifecycle/start.ts')),
  entry(life, 'stop', ['poweroff'], 'shut machines down', () => import('../lifecycle/stop.ts')),
  entry(
    life,
    'restart',
    ['reboot'],
    'stop machines and start them again',
    () => import('../lifecycle/restart.ts'),
  ),
  entry(
    life,
    'kill',
    [],
    'end every process of machines, or signal init',
    () => import('../lifecycle/kill.ts'),
  ),
  entry(
    life,
    'freeze',
    ['pause'],
    'suspend all processes of machines',
    () => import('../lifecycle/freeze.ts'),
  ),
  entry(
    life,
    'unfreeze',
    ['resume', 'thaw'],
    'let frozen machines go on',
    () => import('../lifecycle/unfreeze.ts'),
  ),
  entry(
    life,
    'autostart',
    [],
    'start or stop machines as the host does',
    () => import('../lifecycle/autostart.ts'),
  ),
  entry(life, 'wait', [], 'wait until a machine is in a state', () => import('../lifecycle/wait.ts')),
  entry(
    inside,
    'console',
    ['login'],
    "attach to a machine's console",
    () => import('../entering/console.ts'),
  ),
  entry(inside, 'exec', [], 'run a command in a machine', () => import('../entering/exec.ts')),
  entry(inside, 'shell', ['attach'], 'a login shell in a machine', () => import('../entering/shell.ts')),
  entry(
    look,
    'dashboard',
    [],
    'the full screen; also without a command',
    () => import('../viewing/dashboard.ts'),
  ),
  entry(look, 'list', ['ls'], 'all machines', () => import('../viewing/list.ts')),
  entry(look, 'info', ['status'], 'one machine in full', () => import('../viewing/info.ts')),
  entry(look, 'top', [], 'what machines use, live', () => import('../viewing/top.ts')),
  entry(look, 'logs', [], "a machine's events and console text", () => import('../viewing/logs.ts')),
  entry(look, 'plan', [], 'every step that a start would take', () => import('../viewing/plan.ts')),
  entry(look, 'events', ['monitor'], 'what happened to machines', () => import('../viewing/events.ts')),
  entry(make, 'config', [], 'read or change stored configuration', () => import('../settings/config.ts')),
  entry(make, 'set', [], 'change settings', () => import('../settings/set.ts')),
  entry(make, 'rename', ['move'], 'give a machine another name', () => import('../making/rename.ts')),
  entry(make, 'clone', ['copy'], 'make a machine from another one', () => import('../making/clone.ts')),
  entry(inside, 'push', ['copy-to'], 'copy files into a machine', () => import('../transfer/push.ts')),
  entry(inside, 'pull', ['copy-from'], 'copy files out of a machine', () => import('../transfer/pull.ts')),
  entry(inside, 'bind', [], "show a host's directory in a machine", () => import('../transfer/bind.ts')),
  entry(
    inside,
    'unbind',
    [],
    "take a host's directory out of a machine",
    () => import('../transfer/unbind.ts'),
  ),
  entry(make, 'export', [], 'put a machine into an archive', () => import('../transfer/export.ts')),
  entry(make, 'import', [], 'make a machine out of an archive', () => import('../transfer/import.ts')),
  entry(make, 'destroy', ['remove', 'rm'], 'put machines in the trash', () => import('../making/destroy.ts')),
  entry(time, 'snapshot', [], 'keep what a machine is now', () => import('../time-travel/snapshot.ts')),
  entry(
    time,
    'snapshots',
    [],
    "a machine's snapshots, as a tree",
    () => import('../time-travel/snapshots.ts'),
  ),
  entry(time, 'diff', [], 'files that differ', () => import('../time-travel/diff.ts')),
  entry(time, 'revert', [], 'put single paths back', () => import('../time-travel/revert.ts')),
  entry(time, 'restore', [], 'put a machine back to a snapshot', () => import('../time-travel/restore.ts')),
  entry(
    time,
    'snapshot-remove',
    [],
    'put snapshots in the trash',
    () => import('../time-travel/snapshot-remove.ts'),
  ),
  entry(
    time,
    'undo',
    [],
    'reverse the last destroy, restore or snapshot-remove',
    () => import('../time-travel/undo.ts'),
  ),
  {
    name: 'trash',
    aliases: [],
    summary: 'what was destroyed, until it goes for good',
    group: time,
    children: [
      entry(time, 'list', ['ls'], 'what is in it', () => import('../time-travel/trash-list.ts')),
      entry(time, 'restore', [], 'take something out', () => import('../time-travel/trash-restore.ts')),
      entry(time, 'empty', [], 'remove for good', () => import('../time-travel/trash-empty.ts')),
    ],
  },
  {
    name: 'template',
    aliases: [],
    summary: 'what machines can be made from',
    group: make,
    children: [
      entry(make, 'list', ['ls'], 'all templates', () => import('../making/template-list.ts')),
      entry(make, 'info', [], 'a template and its options', () => import('../making/template-info.ts')),
    ],
  },
  {
    name: 'image',
    aliases: [],
    summary: 'what templates have made, shared by machines',
    group: make,
    children: [
      entry(make, 'list', ['ls'], 'all images', () => import('../images/list.ts')),
      entry(make, 'pull', [], 'make one ahead', () => import('../images/pull.ts')),
      entry(make, 'remove', ['rm'], 'take images away', () => import('../images/remove.ts')),
      entry(make, 'prune', [], 'remove all that nothing uses', () => import('../images/prune.ts')),
    ],
  },
  entry(
    host,
    'doctor',
    ['checkconfig'],
    'what this host can and cannot do',
    () => import('../host/doctor.ts'),
  ),
  entry(host, 'completion', [], 'print a completion script', () => import('../completion/completion.ts')),
  {
    name: 'internal',
    aliases: [],
    summary: 'called by tsmachine itself',
    group: host,
    hidden: true,
    children: [
      entry(host, 'exited', [], 'a machine ended', () => import('../host/internal-exited.ts')),
      entry(host, 'event', [], 'something happened to a machine', () => import('../host/internal-event.ts')),
      entry(host, 'sweep', [], 'an ephemeral machine ended', () => import('../host/internal-sweep.ts')),
      entry(host, 'restart', [], 'it is time', () => import('../host/internal-restart.ts')),
      entry(host, 'terminate', [], 'a monitor shall end', () => import('../host/internal-terminate.ts')),
      entry(
        host,
        'complete',
        [],
        'candidates for a shell',
        () => import('../completion/internal-complete.ts'),
      ),
    ],
  },
];

/** By name or alias. */
export function findEntry<Entry extends CatalogueEntry>(
  entries: readonly Entry[],
  word: string | undefined,
): Entry | undefined {
  return entries.find((candidate) => candidate.name === word || candidate.aliases.includes(word ?? ''));
}
