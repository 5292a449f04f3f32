/** The mounts of a machine: where, which file system, how. Pure. */
import type { Inspection, Mount } from '../../backends/inspection.ts';
import { columns, type Entry, type Section } from './section.ts';

export function mountSection({ mounts, incomplete }: Inspection): Section {
  const hidden = mounts.filter(isHidden);
  const fixed = mounts.filter((mount) => !isHidden(mount) && isFixed(mount));
  const others = mounts.filter((mount) => !isHidden(mount) && !isFixed(mount));
  return {
    title: 'Mounts',
    phrase: 'its files and devices: where, what, how',
    entries: [
      ...mountEntries(others),
      ...paths('hidden', hidden),
      ...paths('read-only', fixed),
      ...(incomplete.includes('mounts') ? [['and', 'more than are shown'] as const] : []),
    ],
  };
}

/** Of the kernel's own trees, a file covered by /dev/null, or a directory by an empty read-only file system. */
function isHidden({ path, root, type, options }: Mount): boolean {
  return isKernels(path) && (root === '/null' || (type === 'tmpfs' && options.includes('ro')));
}

/** A part of them that is bound on itself. */
function isFixed({ path, root, options }: Mount): boolean {
  return isKernels(path) && root !== '/' && path.endsWith(root) && options.includes('ro');
}

function isKernels(path: string): boolean {
  return path.startsWith('/proc/') || path.startsWith('/sys/');
}

function paths(name: string, mounts: readonly Mount[]): readonly Entry[] {
  return mounts.length === 0 ? [] : [[name, mounts.map(({ path }) => path).join(' ')]];
}

function mountEntries(mounts: readonly Mount[]): readonly Entry[] {
  const lines = columns(mounts.map((mount) => [whatOf(mount), optionWords(mount)]));
  return mounts.map(({ path }, index) => [path, lines[index] ?? '']);
}

/** How old a time of access may be says nothing about who may do what. */
function optionWords({ options }: Mount): string {
  return options.filter((option) => option !== 'relatime').join(',');
}

/** The file system; its device where the type does not say it, and the part of it that is seen there. */
function whatOf({ type, source, root }: Mount): string {
  const device = source === type || source === 'none' ? '' : ` ${source}`;
  return `${type}${device}${root === '/' ? '' : ` ${root}`}`;
}
