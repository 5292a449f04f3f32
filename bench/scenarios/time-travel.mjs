// Clone, snapshot, restore and diff of a machine that holds a minimal Debian, beside what the field has for the same.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, medianOf, mediansInTurn, run, samples, timed } from '../measure.mjs';
import { debianTree } from '../peers/debian-tree.mjs';
import { measureMachinectl } from '../peers/machinectl.mjs';

const machine = 'debian';
const CLONES = 100;
const CHANGED = 10;

/** As many as a person would wait for: most of these copy the whole tree. */
const copies = Math.min(samples, 5);

function bytesIn(folder) {
  return Number(run(['du', '-s', '--block-size=1', folder]).stdout.toString().split('\t')[0]);
}

/** The tree in the directory of changes of a stopped machine: as if it had been unpacked inside. */
function fill(ours, tree) {
  ours.call('create', machine, '-t', 'busybox');
  const upper = join(ours.root, 'machines', machine, 'storage', 'upper');
  mkdirSync(join(upper, 'srv'), { recursive: true });
  run(['cp', '-a', tree, join(upper, 'srv', 'debian')]);
}

function change(ours) {
  const place = join(ours.root, 'machines', machine, 'storage', 'upper', 'srv', 'debian', 'etc');
  mkdirSync(place, { recursive: true });
  for (let index = 0; index < CHANGED; index += 1)
    writeFileSync(join(place, `changed-${index}`), `${index}\n`);
}

const nodeStart = () => timed([process.execPath, '-e', '0']);

/**
 * How long a command takes for what it does to the machine, and what it does to nothing: the size must not show. What is held against Node's own
 * start is measured in turn with it.
 */
function measureOurs(ours, tree) {
  ours.call('create', 'empty', '-t', 'busybox');
  fill(ours, tree);
  ours.call('snapshot', machine, 'base');
  const figures = mediansInTurn({
    'node -e 0': nodeStart,
    'snapshot, empty': (index) => ours.time('snapshot', 'empty', `s${index + 1}`),
    'clone, empty': (index) => ours.time('clone', 'empty', `empty${index + 1}`),
    snapshot: (index) => {
      change(ours);
      return ours.time('snapshot', machine, `s${index + 1}`);
    },
    clone: (index) => ours.time('clone', machine, `copy${index + 1}`),
  });
  change(ours);
  figures['diff, 10 files changed'] = medianOf(() => ours.time('diff', `${machine}@base`, machine), copies);
  figures.restore = medianOf(() => ours.time('restore', machine, 'base'), copies);
  return { ...figures, ...measureMany(ours) };
}

/** The last of a hundred, and what they take. */
function measureMany(ours) {
  const before = bytesIn(ours.root);
  let made = 0;
  const clone = () => {
    made += 1;
    return ours.time('clone', `${machine}@base`, `many${made}`);
  };
  while (made < CLONES - samples - 1) clone();
  const last = mediansInTurn({
    'node -e 0, at the 100th clone': nodeStart,
    'create of the 100th clone': clone,
  });
  return { ...last, 'each of 100 clones (KiB)': (bytesIn(ours.root) - before) / made / 1024 };
}

function measureTools(scratch, tree) {
  const figures = { 'cp -a --reflink=auto': {}, 'diff -r': {} };
  const copy = (index) => {
    const target = join(scratch, `copy${index}`);
    const time = timed(['cp', '-a', '--reflink=auto', tree, target]);
    if (index !== 0) rmSync(target, { recursive: true });
    return time;
  };
  figures['cp -a --reflink=auto'].clone = medianOf(copy, copies);
  const changed = join(scratch, 'copy0');
  for (let index = 0; index < CHANGED; index += 1) {
    writeFileSync(join(changed, 'etc', `changed-${index}`), `${index}\n`);
  }
  // It says by its exit code that there are differences.
  figures['diff -r']['diff, 10 files changed'] = medianOf(
    () => timed(['sh', '-c', 'diff -r --no-dereference "$0" "$1"; true', tree, changed]),
    copies,
  );
  return figures;
}

/** lxc-copy of a container that holds the tree, by one of its storage kinds that copy nothing. `fill` makes its rootfs. */
function measureLxc(path, { kind, from, fill }) {
  const container = join(path, machine);
  mkdirSync(container, { recursive: true });
  fill(join(container, 'rootfs'));
  const lines = [
    'lxc.net.0.type = empty',
    `lxc.uts.name = ${machine}`,
    `lxc.rootfs.path = ${from}:${container}/rootfs`,
  ];
  writeFileSync(join(container, 'config'), `${lines.join('\n')}\n`);
  const copy = (index) =>
    timed(['lxc-copy', '-P', path, '-n', machine, '-N', `copy${index + 1}`, '-s', '-B', kind]);
  return { clone: medianOf(copy, copies) };
}

/** A file system of its own in a file, with machines of ours and subvolumes of others side by side. */
function measureOnBtrfs(scratch, tree, open) {
  const image = join(scratch, 'btrfs');
  const mounted = join(scratch, 'btrfs-mounted');
  run(['truncate', '--size', '4G', image]);
  run(['mkfs.btrfs', '-q', image]);
  mkdirSync(mounted);
  run(['mount', '-o', 'loop', image, mounted]);
  try {
    const source = join(mounted, 'tree');
    run(['btrfs', 'subvolume', 'create', source]);
    run(['cp', '-a', `${tree}/.`, source]);
    const plain = (index) =>
      timed(['btrfs', 'subvolume', 'snapshot', source, join(mounted, `s${index + 1}`)]);
    const figures = { 'btrfs subvolume snapshot': { clone: medianOf(plain, copies) } };
    const reflinked = (index) =>
      timed(['cp', '-a', '--reflink=always', source, join(mounted, `r${index + 1}`)]);
    figures['cp -a --reflink=always'] = { clone: medianOf(reflinked, copies) };
    if (isInstalled('lxc-copy')) {
      figures['lxc-copy -s -B btrfs'] = measureLxc(join(mounted, 'lxc'), {
        kind: 'btrfs',
        from: 'btrfs',
        fill: (rootfs) => run(['btrfs', 'subvolume', 'snapshot', source, rootfs]),
      });
    }
    const ours = open(mkdtempSync(join(mounted, 'ours-')));
    try {
      ours.call('create', machine, '-t', 'busybox', '--storage', 'btrfs');
      run(['cp', '-a', tree, join(ours.root, 'machines', machine, 'storage', 'root', 'srv')]);
      figures['tsmachine on btrfs'] = {
        snapshot: medianOf((index) => ours.time('snapshot', machine, `s${index + 1}`), copies),
        clone: medianOf((index) => ours.time('clone', machine, `copy${index + 1}`), copies),
        restore: medianOf(() => ours.time('restore', machine, 's1'), copies),
      };
    } finally {
      ours.close();
    }
    return figures;
  } finally {
    run(['umount', mounted]);
    rmSync(image);
  }
}

/** Figures by who was measured; `words` say of what. `open` opens a tsmachine with a root folder in a scratch folder. */
export function measureTimeTravel(scratch, open) {
  const { tree, words } = debianTree();
  const ours = open(join(scratch, 'time-travel'));
  const figures = {};
  try {
    figures.tsmachine = measureOurs(ours, tree);
    const fill = (image) => run(['cp', '-a', tree, image]);
    const theirs = measureMachinectl(ours, join(scratch, 'machinectl'), fill, copies);
    if (theirs) figures.machinectl = theirs;
  } finally {
    ours.close();
  }
  Object.assign(figures, measureTools(scratch, tree));
  if (isInstalled('lxc-copy')) {
    figures['lxc-copy -s'] = measureLxc(join(scratch, 'lxc-copies'), {
      kind: 'overlay',
      from: 'dir',
      fill: (rootfs) => run(['cp', '-a', tree, rootfs]),
    });
  }
  if (isInstalled('mkfs.btrfs')) Object.assign(figures, measureOnBtrfs(scratch, tree, open));
  return { figures, words };
}
