// push and pull of 100,000 small files, and of one large file, beside cp -a into and out of a root file system, and tar through lxc-attach.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, run, samples, timedAtOnce } from '../measure.mjs';
import { lxc } from '../peers/lxc.mjs';

const machine = 'files';
const DIRECTORIES = 1_000;
const FILES = 100;
const LARGE_BYTES = 1024 * 1024 * 1024;

/** As many as a person would wait for. */
const rounds = Math.min(samples, 3);

function makeSmall(folder) {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const path = join(folder, 'small', String(directory));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES; file += 1)
      writeFileSync(join(path, `file-${file}`), 'x'.repeat(file * 20));
  }
}

function makeLarge(folder) {
  const path = join(folder, 'large');
  mkdirSync(path, { recursive: true });
  run(['dd', 'if=/dev/urandom', `of=${join(path, 'file')}`, 'bs=1M', `count=${LARGE_BYTES / 1024 / 1024}`]);
}

/** What somebody waits for is that all is with the kernel, not on the disk: that of the one before must not slow the next one down. */
function timed(argv, options) {
  run(['sync']);
  return timedAtOnce(argv, options);
}

const shell = (script) => timed(['sh', '-c', script]);

function openTsmachine(ours) {
  const upper = join(ours.root, 'machines', 'still', 'storage', 'upper');
  ours.call('create', machine, '-t', 'busybox', '--start');
  ours.call('create', 'still', '-t', 'busybox');
  return {
    push: (source) => timed(ours.argv('push', machine, source, '/root/'), { env: ours.env }),
    pull: (name, to) => timed(ours.argv('pull', machine, `/root/${name}`, to), { env: ours.env }),
    'push, stopped': (source) => timed(ours.argv('push', 'still', source, '/root/'), { env: ours.env }),
    clean: (name) => {
      ours.call('exec', machine, '--', 'rm', '-rf', `/root/${name}`);
      rmSync(join(upper, 'root', name), { recursive: true });
    },
  };
}

function openCp(scratch) {
  const rootfs = join(scratch, 'rootfs');
  mkdirSync(rootfs, { recursive: true });
  return {
    push: (source) => timed(['cp', '-a', source, rootfs]),
    pull: (name, to) => timed(['cp', '-a', join(rootfs, name), to]),
    clean: (name) => rmSync(join(rootfs, name), { recursive: true }),
  };
}

function openTar(scratch, busybox) {
  const peer = lxc.open(scratch, busybox);
  peer.start();
  const attach = `lxc-attach -P ${join(scratch, 'lxc')} -n tsmbench --`;
  return {
    push: (source) =>
      shell(`tar -C ${join(source, '..')} -c ${source.split('/').at(-1)} | ${attach} tar -x -C /tmp`),
    pull: (name, to) => shell(`mkdir ${to} && ${attach} tar -C /tmp -c ${name} | tar -x -C ${to}`),
    clean: (name) => run(['sh', '-c', `${attach} rm -rf /tmp/${name}`]),
    close: peer.close,
  };
}

/** Each of a tool's deeds once, and what they made away again. */
function measureOnce(kind, folder, back, { clean, close: _, ...deeds }) {
  const took = Object.entries(deeds).map(([deed, measure]) => [
    deed,
    deed === 'pull' ? measure(kind, back) : measure(join(folder, kind)),
  ]);
  clean(kind);
  rmSync(back, { recursive: true });
  return took;
}

function mediansOf(cells, row) {
  const its = cells.filter((cell) => cell.row === row);
  const timesOf = (tool) => its.filter((cell) => cell.tool === tool).map(({ time }) => time);
  return Object.fromEntries(its.map(({ tool }) => [tool, median(timesOf(tool))]));
}

function measureKind(kind, folder, scratch, tools) {
  const cells = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [tool, its] of Object.entries(tools)) {
      const took = measureOnce(kind, folder, join(scratch, 'back'), its);
      cells.push(...took.map(([deed, time]) => ({ row: `${deed}, ${kind}`, tool, time })));
    }
  }
  return [...new Set(cells.map(({ row }) => row))].map((row) => [row, mediansOf(cells, row)]);
}

/** Rows of medians in milliseconds, by tool; all in turn, so that a busy host is the same for all. */
export function measureFiles(ours, scratch, busybox) {
  const folder = join(scratch, 'source');
  makeSmall(folder);
  makeLarge(folder);
  const tools = {
    tsmachine: openTsmachine(ours),
    'cp -a': openCp(scratch),
    ...(lxc.isAvailable() ? { 'tar | lxc-attach -- tar': openTar(scratch, busybox) } : {}),
  };
  try {
    return Object.fromEntries(
      ['small', 'large'].flatMap((kind) => measureKind(kind, folder, scratch, tools)),
    );
  } finally {
    for (const { close } of Object.values(tools)) close?.();
  }
}
