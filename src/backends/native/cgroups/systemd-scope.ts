/**
 * On a host run by systemd our groups lie in a scope that systemd has delegated to us, else it would tidy them away:
 * systemd's CGROUP_DELEGATION.md. The scope lives as long as one monitor does.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BackendError } from '../../backend.ts';
import { readEvents } from './group-events.ts';
import { MONITORS_GROUP, monitorDirectories, unifiedGroup } from './groups.ts';
import type { CgroupLayout } from './layout.ts';

const SLICE = 'machine.slice';
const SCOPE = 'tsmachine.scope';
export const SCOPE_PARENT = `${SLICE}/${SCOPE}`;
/** `infinity` on systemd's bus. */
const UNLIMITED = String(2n ** 64n - 1n);
export const DEFAULT_PARENT = 'tsmachine';

/** systemd runs this host: sd_booted(3), and PID 1 is not only a container's stand-in. */
export function isSystemdHost(root = ''): boolean {
  try {
    return (
      existsSync(`${root}/run/systemd/system`) &&
      readFileSync(`${root}/proc/1/comm`, 'latin1').trim() === 'systemd'
    );
  } catch {
    return false;
  }
}

/** An explicit parent wins; else the host decides. */
export function chooseParent(explicit: string | undefined, systemdHost: boolean): string {
  return explicit ?? (systemdHost ? SCOPE_PARENT : DEFAULT_PARENT);
}

/** Arguments of busctl(1) for org.freedesktop.systemd1(5) StartTransientUnit. */
export function startScopeArguments(pid: number): readonly string[] {
  return [
    ...['call', 'org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'],
    ...['StartTransientUnit', 'ssa(sv)a(sa(sv))', SCOPE, 'fail'],
    '5',
    ...['Description', 's', 'Machines of tsmachine'],
    ...['Slice', 's', SLICE],
    ...['PIDs', 'au', '1', String(pid)],
    ...['Delegate', 'b', 'true'],
    // systemd's default is what fits one service; a machine's limit is its own pids.max.
    ...['TasksMax', 't', UNLIMITED],
    '0',
  ];
}

/** How long systemd may take to make the scope, or to finish with one that has just ended. */
const ATTEMPTS = 500;
const PAUSE_MS = 10;

/**
 * Makes sure that the scope exists and stays during a start: a process is in it that does nothing else. We do not move
 * in ourselves: whoever starts a machine may go on for long, and belongs to a session.
 * @returns what ends that process
 * @throws BackendError 'failed' if systemd refuses
 */
export async function holdScope(layout: CgroupLayout, procRoot = '/proc'): Promise<() => void> {
  // Ends with us, however we end: then nobody writes to it.
  const holder = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  const release = () => holder.stdin.destroy();
  try {
    await once(holder, 'spawn');
    await enterScope(layout, holder.pid ?? 0, procRoot);
  } catch (error) {
    release();
    throw error instanceof BackendError ? error : scopeError(String(error), error);
  }
  return release;
}

async function enterScope(layout: CgroupLayout, pid: number, procRoot: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (isScopeAlive(layout) && joinMonitors(layout, pid)) return;
    if ((await startScope(pid)) === 'started') await waitUntilIn(pid, procRoot);
    // Another start makes it now, or it has just ended and systemd still knows its name.
    else await delay(PAUSE_MS);
  }
  throw scopeError('it neither runs nor ends', undefined);
}

/** The call returns when the job is queued. */
async function waitUntilIn(pid: number, procRoot: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (isScopeIn(readFileSync(`${procRoot}/${pid}/cgroup`, 'latin1'))) return;
    await delay(PAUSE_MS);
  }
  throw scopeError('it did not start within 5 s', undefined);
}

/**
 * To the monitors' leaf: a v2 group with processes of its own cannot pass controllers on.
 * @returns false if the scope ended in the meantime: what systemd does not know of is never made in its place
 */
function joinMonitors(layout: CgroupLayout, pid: number): boolean {
  const unified = unifiedGroup(layout, SCOPE_PARENT, MONITORS_GROUP);
  try {
    for (const group of monitorDirectories(layout, SCOPE_PARENT)) {
      if (group !== unified) mkdirSync(group, { recursive: true });
      else if (!existsSync(group)) mkdirSync(group);
      writeFileSync(`${group}/cgroup.procs`, String(pid));
    }
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** ENODEV: removed while the file was open. EEXIST: another start made the group; then the next attempt joins it. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENODEV', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function isScopeAlive(layout: CgroupLayout): boolean {
  const group = unifiedGroup(layout, SLICE, SCOPE);
  if (group !== undefined) return readEvents(group)?.populated ?? false;
  // On v1 systemd counts the processes of its units in a hierarchy of its own; the others need not have the scope.
  return existsSync(`${layout.named?.['systemd'] ?? ''}/${SCOPE_PARENT}`);
}

/** Whether the text of /proc/PID/cgroup names the scope in any hierarchy. */
export function isScopeIn(cgroupText: string): boolean {
  return cgroupText.split('\n').some((line) => /^\d+:[^:]*:/.test(line) && line.endsWith(`/${SCOPE_PARENT}`));
}

async function startScope(pid: number): Promise<'started' | 'made by another'> {
  try {
    await promisify(execFile)('busctl', [...startScopeArguments(pid)]);
    return 'started';
  } catch (cause) {
    const { code, stderr } = cause as { readonly code?: unknown; readonly stderr?: string };
    // busctl has no other sign of org.freedesktop.systemd1.UnitExists. A moment ago another start made the scope.
    if (stderr?.includes('already loaded')) return 'made by another';
    throw scopeError(
      code === 'ENOENT' ? 'busctl is not installed' : (stderr?.trim() ?? String(cause)),
      cause,
    );
  }
}

function scopeError(detail: string, cause: unknown): BackendError {
  return new BackendError('failed', `cannot make the systemd scope ${SCOPE}: ${detail}`, {
    hint: 'Look at `systemctl status tsmachine.scope`, or set TSMACHINE_CGROUP_PARENT to a group that you delegated.',
    cause,
  });
}
