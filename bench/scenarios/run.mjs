// A command in a throw-away machine, from the first instruction of ours to the last: run, lxc-execute, crun run, runc run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, medianOf, run, timed } from '../measure.mjs';
import { removePivots } from '../peers/lxc.mjs';
import { makeTree } from '../peers/tree.mjs';

const COMMAND = '/bin/true';
const ROW = 'run -- true';

/** It is given a tree that is there, and removes nothing; ours makes a machine, with files of its own, and removes it. */
function lxcExecute(scratch, tree) {
  const path = join(scratch, 'lxc-run');
  mkdirSync(join(path, 'once'), { recursive: true });
  const lines = ['lxc.net.0.type = empty', 'lxc.uts.name = once', `lxc.rootfs.path = dir:${tree}`, ''];
  writeFileSync(join(path, 'once', 'config'), lines.join('\n'));
  return () => timed(['lxc-execute', '-P', path, '-n', 'once', '--', COMMAND]);
}

function ociRun(program, scratch, tree) {
  const bundle = join(scratch, `${program}-run`);
  mkdirSync(bundle, { recursive: true });
  run([program, 'spec'], { cwd: bundle });
  const file = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  spec.process.terminal = false;
  spec.process.args = [COMMAND];
  spec.root = { path: tree, readonly: false };
  writeFileSync(file, JSON.stringify(spec));
  return () => timed([program, '--root', join(scratch, `${program}-run-state`), 'run', '-b', bundle, 'once']);
}

export function measureRun(machine, scratch, busybox) {
  const tree = join(scratch, 'run-tree');
  makeTree(tree, busybox);
  const peers = {
    'lxc-execute': ['lxc-execute', () => lxcExecute(scratch, tree)],
    'crun run': ['crun', () => ociRun('crun', scratch, tree)],
    'runc run': ['runc', () => ociRun('runc', scratch, tree)],
  };
  const figures = {
    'tsmachine run': { [ROW]: medianOf(() => machine.time('run', 'busybox', '--', COMMAND)) },
    'node -e 0': { [ROW]: medianOf(() => timed([process.execPath, '-e', '0'])) },
  };
  const absent = [];
  for (const [name, [program, open]] of Object.entries(peers)) {
    try {
      if (!isInstalled(program)) throw new Error('not installed');
      figures[name] = { [ROW]: medianOf(open()) };
    } catch (error) {
      absent.push(`${name}: ${String(error.message).split('\n', 2).join(' ')}`);
    }
  }
  removePivots();
  return { figures, absent };
}
