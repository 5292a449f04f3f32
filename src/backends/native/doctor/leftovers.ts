/** What is ours and belongs to no machine any more, or to none that runs. */
import { existsSync, readdirSync } from 'node:fs';
import type { Finding } from '../../backend.ts';
import { groupDirectories, MONITORS_GROUP } from '../cgroups/groups.ts';
import { isPopulated, processesIn } from '../cgroups/kill.ts';
import { openIdRanges } from '../id-ranges.ts';
import { monitorOfProcesses } from '../life/collect.ts';
import { isAlive } from '../life/process-stat.ts';
import { readStateFile } from '../life/state-file.ts';
import type { Examination } from './context.ts';

export async function examineLeftovers(examination: Examination): Promise<readonly Finding[]> {
  const supervised = new Set(entriesOf(examination.runRoot).filter((name) => hasMonitor(examination, name)));
  const found = [
    ...runDirectories(examination, supervised),
    ...groups(examination, supervised),
    ...(await idRanges(examination)),
    ...locks(examination),
  ];
  return found.length > 0 ? found : [{ subject: 'leftovers', verdict: 'ok', detail: 'none' }];
}

function hasMonitor({ runRoot, procRoot }: Examination, name: string): boolean {
  const state = readStateFile(`${runRoot}/${name}`);
  return state !== undefined && isAlive(state.monitor, procRoot);
}

function runDirectories(
  { runRoot, known }: Examination,
  supervised: ReadonlySet<string>,
): readonly Finding[] {
  return entriesOf(runRoot)
    .filter((name) => !supervised.has(name))
    .map((name) => ({
      subject: `run directory of ${name}`,
      verdict: 'warning',
      detail: `${runRoot}/${name} has no live monitor`,
      // The domain collects before it starts or stops a machine.
      fix: known.includes(name) ? `tsmachine stop ${name}` : `rm -r ${quote(`${runRoot}/${name}`)}`,
    }));
}

function groups(examination: Examination, supervised: ReadonlySet<string>): readonly Finding[] {
  const { layout, cgroupParent } = examination;
  const parents = groupDirectories(layout, cgroupParent, '').map((path) => path.slice(0, -1));
  const names = new Set(parents.flatMap(directoriesIn));
  return [...names]
    .filter((name) => name !== MONITORS_GROUP && !supervised.has(name))
    .map((name) => {
      const stranger = monitorOfProcesses(name, examination);
      if (stranger !== undefined) return ofAnotherRoot(name, stranger);
      const paths = groupDirectories(layout, cgroupParent, name).filter((path) => existsSync(path));
      const processes = new Set(paths.flatMap(processesIn));
      return {
        subject: `cgroup of ${name}`,
        verdict: processes.size > 0 ? 'problem' : 'warning',
        detail:
          processes.size > 0
            ? `${processes.size} processes of a machine that no monitor looks after`
            : `${paths.join(' ')}: empty, and the machine does not run`,
        fix: isCollected(examination, name) ? `tsmachine stop ${name}` : killAndRemove(paths, processes),
      };
    });
}

/** What counts as a machine that was left behind (life/status.ts) is collected by the next command that changes it. */
function isCollected({ layout, cgroupParent, known }: Examination, name: string): boolean {
  return known.includes(name) && isPopulated(layout, cgroupParent, name);
}

function ofAnotherRoot(name: string, monitor: number): Finding {
  return {
    subject: `cgroup of ${name}`,
    verdict: 'note',
    detail: `a machine of another root folder runs in it (monitor pid ${monitor})`,
    fix: 'Give each root folder a TSMACHINE_CGROUP_PARENT of its own, if both shall have machines of the same names.',
  };
}

function killAndRemove(paths: readonly string[], processes: ReadonlySet<number>): string {
  const kill = processes.size > 0 ? `kill -KILL ${[...processes].join(' ')} && ` : '';
  // Groups may lie in one another, and their files cannot be unlinked.
  return `${kill}find ${paths.map(quote).join(' ')} -depth -type d -exec rmdir {} \\;`;
}

async function idRanges({ root, known }: Examination): Promise<readonly Finding[]> {
  const stale = await openIdRanges(root).findStale(known);
  return stale.map(({ range, name }) => ({
    subject: `id range ${range.base}`,
    verdict: 'warning',
    detail: `reserved for ${JSON.stringify(name)}, which is no machine`,
    fix: `If no create of that name is under way: rm ${quote(`${root}/ids/${range.base}`)}`,
  }));
}

/**
 * A lock file holds nothing: only whether it is flocked counts, and the kernel ends that with its holder. No machine's name has
 * a dot: `image.KEY` is the lock of an image that is being built.
 */
function locks({ root, known }: Examination): readonly Finding[] {
  return entriesOf(`${root}/locks`)
    .filter((name) => !known.includes(name) && !name.includes('.'))
    .map((name) => ({
      subject: `lock of ${name}`,
      verdict: 'note',
      detail: `${root}/locks/${name} is left of a command that died, or of a machine that is gone; it does no harm`,
      fix: `If no command on that name is under way: rm ${quote(`${root}/locks/${name}`)}`,
    }));
}

/** Names in a folder of ours; those with a leading dot are files being written. */
function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

function directoriesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** For a shell, and on one line whatever the name holds. */
function quote(path: string): string {
  return /^[\w./,@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
