// A Debian machine of the image that the tests have: made, booted until its systemd says that it is ready, stopped.
import { join } from 'node:path';
import { median, run } from '../measure.mjs';
import { project } from '../peers/tsmachine.mjs';

/** A boot is seconds of a processor, and no two are far apart. */
const ROUNDS = Number(process.env.BENCH_SAMPLES ?? 5);

export function measureDebian({ root, call, time }) {
  const image = run([process.execPath, join(project, 'scripts/debian-image.mjs'), root]).stdout.toString();
  const words = ['-t', 'debian', '--', ...JSON.parse(image).options];
  const rows = { 'create from the image': [], 'start --wait': [], stop: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rows['create from the image'].push(time('create', 'deb', ...words));
    rows['start --wait'].push(time('start', 'deb', '--wait'));
    rows.stop.push(time('stop', 'deb'));
    call('destroy', 'deb', '--now');
  }
  return Object.fromEntries(Object.entries(rows).map(([row, values]) => [row, median(values)]));
}
