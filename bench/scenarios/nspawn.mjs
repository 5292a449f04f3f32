// The nspawn backend beside machinectl and systemd-run, in a host of the tests' kind: a Debian machine of ours with systemd-machined.
// What is measured runs inside (inside/nspawn.mjs), so that our own exec does not count.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { environment, samples } from '../measure.mjs';
import { project } from '../peers/tsmachine.mjs';

const inside = join(project, 'bench/inside/nspawn.mjs');
const program = join(project, 'dist/cli.cjs');

/** @returns { figures: medians in milliseconds by row and tool, node: of `node -e 0` there } */
export function measureNspawn(scratch) {
  const main = join(project, 'scripts/nspawn-host/main.mjs');
  const job = [
    'sh',
    '-c',
    `BENCH_SAMPLES=${samples} node ${inside} ${program} /tmp/report >&2 && cat /tmp/report`,
  ];
  const { status, stdout } = spawnSync(process.execPath, [main, '--shell', ...job], {
    env: { ...environment, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the test host ended with ${status}`);
  return JSON.parse(stdout.toString());
}
