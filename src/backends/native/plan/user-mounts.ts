/** Binds and tmpfs of the machine's own configuration. */
import { BackendError, type BindMount, type MachineSpec, type TmpfsMount } from '../../backend.ts';
import { type Operation, operation } from '../operations.ts';
import { mapping } from './root.ts';
import { freshMount } from './system-mounts.ts';

/** The host trees of all binds, as mounts not yet attached; slots are numbered in the order of the configuration. */
export function hostTrees(spec: MachineSpec): readonly Operation[] {
  return spec.binds.map((bind, index) =>
    operation(
      'tree',
      slotOf(index),
      mapping(spec),
      bind.readOnly ? 'read-only' : 'read-write',
      requireAbsolute(bind.source),
      ...(bind.devices === true ? ['devices'] : []),
    ),
  );
}

/** Sorted by path: a mount below another comes after it, however the configuration has them. */
export function userMounts(spec: MachineSpec): readonly Operation[] {
  const binds = spec.binds.map((bind, index) => ({ path: bind.path, operations: attachment(bind, index) }));
  const tmpfs = spec.tmpfs.map((mount) => ({ path: mount.path, operations: tmpfsMount(mount) }));
  return [...binds, ...tmpfs]
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .flatMap(({ operations }) => operations);
}

function attachment(bind: BindMount, index: number): readonly Operation[] {
  return [operation('attach', slotOf(index), requireMountable(bind.path), 'as-source')];
}

function slotOf(index: number): string {
  return `bind-${index}`;
}

function tmpfsMount({ path, sizeBytes }: TmpfsMount): readonly Operation[] {
  const mode = isTemporary(path) ? '1777' : '0755';
  const options = [`mode=${mode}`, ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])];
  return freshMount('tmpfs', requireMountable(path), mode, 'nosuid,nodev', options.join(','));
}

/** Everybody writes there by convention; elsewhere a directory that everybody can write is a surprise. */
function isTemporary(path: string): boolean {
  return path === '/tmp' || path === '/var/tmp';
}

/** Mounts there would replace what the plan itself puts there, guards included. */
const RESERVED_TREES = ['/proc', '/sys', '/run/host'];
const RESERVED_PATHS = ['/', '/dev', '/dev/pts', '/dev/console', '/run'];

function requireMountable(path: string): string {
  requireAbsolute(path);
  const reserved =
    RESERVED_PATHS.includes(path) ||
    RESERVED_TREES.some((tree) => path === tree || path.startsWith(`${tree}/`));
  if (!reserved) return path;
  throw new BackendError('failed', `nothing can be mounted on ${path} of a machine`, {
    path,
    hint: 'Choose a path outside /proc, /sys and /run/host that is not /, /dev, /dev/pts, /dev/console or /run.',
  });
}

/** In canonical form, so that the comparison above means what it says. */
function requireAbsolute(path: string): string {
  if (/^(\/|(\/(?!\.{1,2}(\/|$))[^/\0]+)+)$/.test(path)) return path;
  throw new BackendError('failed', `'${path}' is not a plain absolute path`, {
    path,
    hint: "Write it from the root, without '.', '..', doubled or trailing slashes.",
  });
}
