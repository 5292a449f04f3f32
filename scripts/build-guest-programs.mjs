/**
 * Compiles what the tests in the virtual machine run, which has no compiler: the attacks, and a program of the helper's parts under the sanitizers.
 * Ahead, because tests of this host compile the same.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');

for (const [folder, target] of [
  ['test/host/security/attacks', []],
  ['src/backends/native/helper', [join(project, 'build/helper/checked/cgroup_fork_test')]],
]) {
  const words = ['-s', `--jobs=${availableParallelism()}`, '-C', join(project, folder), ...target];
  const { status } = spawnSync('make', words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`build-guest-programs: make failed in ${folder}`);
    process.exit(1);
  }
}
