// crun and runc: the same tree under a bundle made by their own `spec` command.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, run, timed } from '../measure.mjs';
import { makeTree } from './tree.mjs';

const id = 'tsmbench';

function writeBundle(program, bundle, tree) {
  mkdirSync(bundle, { recursive: true });
  run([program, 'spec'], { cwd: bundle });
  const path = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8'));
  spec.process.terminal = false;
  spec.process.args = ['/bin/sleep', '100000'];
  spec.root = { path: tree, readonly: false };
  writeFileSync(path, JSON.stringify(spec));
}

function ociPeer(program) {
  return {
    name: program,
    command: program,
    isAvailable: () => isInstalled(program),
    open(scratch, busybox) {
      const tree = join(scratch, `${program}-tree`);
      const bundle = join(scratch, `${program}-bundle`);
      const base = [program, '--root', join(scratch, `${program}-state`)];
      makeTree(tree, busybox);
      writeBundle(program, bundle, tree);
      return {
        start: () => timed([...base, 'run', '-d', '-b', bundle, id]),
        exec: () => timed([...base, 'exec', id, '/bin/true']),
        kill: () => timed([...base, 'delete', '-f', id]),
        close: () => run([...base, 'delete', '-f', id], { mayFail: true }),
      };
    },
  };
}

export const runc = ociPeer('runc');
/** crun refuses a hybrid cgroup layout; run.mjs gives it a mount namespace in which the layout is a pure one. */
export const crun = ociPeer('crun');
