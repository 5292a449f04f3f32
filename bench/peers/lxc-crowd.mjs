// Many containers of lxc that run at once. It has no command for many.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, timed } from '../measure.mjs';
import { lxcConfiguration, removePivots } from './lxc.mjs';
import { makeTree } from './tree.mjs';

/** Containers that do not run yet, in folders of `scratch`. */
export function openLxcCrowd(scratch, busybox, count) {
  const [path, tree] = [join(scratch, 'lxc-crowd'), join(scratch, 'lxc-crowd-tree')];
  makeTree(tree, busybox);
  const containers = Array.from({ length: count }, (_, index) => `crowd${index}`);
  for (const container of containers) {
    mkdirSync(join(path, container), { recursive: true });
    writeFileSync(join(path, container, 'config'), lxcConfiguration(tree, container));
  }
  const each = (command, side) => [
    'sh',
    '-c',
    `printf '%s\\n' "$@" | xargs -P ${side} -I NAME ${command}`,
    'sh',
    ...containers,
  ];
  return {
    path,
    // As many as there are processors side by side, which was quickest.
    start: () => timed(each(`lxc-start -P ${path} -n NAME -d`, 2)),
    // Each waits for an init that takes its time.
    stop: () => timed(each(`lxc-stop -P ${path} -n NAME`, count)),
    close() {
      run(each(`lxc-stop -P ${path} -n NAME -k`, 4), { mayFail: true });
      removePivots();
    },
  };
}
