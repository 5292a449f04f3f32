/**
 * On a host run by systemd our groups lie in a scope that systemd has delegated to us, else it would tidy them away:
 * systemd's CGROUP_DELEGATION.md. The scope lives as long as one monitor does.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BackendError } from '../../backend.ts';
import { readEvents } from './group-events.ts';
import { legacyMounts, monitorDirectories, unifiedGroup } from './groups.ts';
import type { CgroupLayout } from './layout.ts';

const SLICE = 'machine.slice';
const SCOPE = 'tsmachine.scope';
export const SCOPE_PARENT = `${SLICE}/${SCOPE}`;
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
    '4',
    ...['Description', 's', 'Machines of tsmachine'],
    ...['Slice', 's', SLICE],
    ...['PIDs', 'au', '1', String(pid)],
    ...['Delegate', 'b', 'true'],
    '0',
  ];
}

/**
 * Makes sure that the scope exists, before a start. Whoever makes it is in it, and moves to the monitors' leaf at once:
 * a v2 group with processes of its own cannot pass controllers on.
 * @throws BackendError 'failed' if systemd refuses
 */
export async function ensureScope(layout: CgroupLayout): Promise<void> {
  if (isScopeAlive(layout)) return;
  if ((await startScope()) === 'made by another') return;
  // The call returns when the job is queued.
  for (let attempt = 0; !isInScope(); attempt++) {
    if (attempt === 500) throw scopeError('it did not start within 5 s', undefined);
    await delay(10);
  }
  for (const group of monitorDirectories(layout, SCOPE_PARENT)) {
    mkdirSync(group, { recursive: true });
    writeFileSync(`${group}/cgroup.procs`, String(process.pid));
  }
}

function isScopeAlive(layout: CgroupLayout): boolean {
  const group = unifiedGroup(layout, SLICE, SCOPE);
  if (group !== undefined) return readEvents(group)?.populated ?? false;
  return legacyMounts(layout).every((mount) => existsSync(`${mount}/${SCOPE_PARENT}`));
}

function isInScope(): boolean {
  return isScopeIn(readFileSync('/proc/self/cgroup', 'latin1'));
}

/** Whether the text of /proc/PID/cgroup names the scope in any hierarchy. */
export function isScopeIn(cgroupText: string): boolean {
  return cgroupText.split('\n').some((line) => /^\d+:[^:]*:/.test(line) && line.endsWith(`/${SCOPE_PARENT}`));
}

async function startScope(): Promise<'started' | 'made by another'> {
  try {
    await promisify(execFile)('busctl', [...startScopeArguments(process.pid)]);
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
