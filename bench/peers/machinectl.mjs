// machinectl clone, which needs a host with systemd: a machine of ours is that host, and lends it a folder for /var/lib/machines that lies
// where ours are compared on. Measured inside, so that our own exec does not count.
// On btrfs it asks for what the kernel allows nobody in a user namespace (the search in trees): there it can be measured on a real host alone.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { medianOf, run } from '../measure.mjs';

const host = 'machined';
const image = 'tree';

const clone = (index) =>
  `began=$(date +%s%N); machinectl clone ${image} copy${index + 1} || exit 1; echo $((($(date +%s%N) - began) / 1000))`;

/**
 * @param ours a root folder of tsmachine
 * @param folder an empty one, in which machinectl's images lie
 * @param fill makes the image at a path
 * @returns figures, or undefined where no Debian can be made
 */
export function measureMachinectl(ours, folder, fill, copies) {
  if (!makeHost(ours, folder)) return undefined;
  try {
    fill(join(folder, image));
    const inside = (script) => ours.call('exec', host, '--', 'sh', '-c', script).stdout.toString();
    return { clone: medianOf((index) => Number(inside(clone(index))) / 1000, copies) };
  } finally {
    ours.call('destroy', host, '--force', '--now');
  }
}

function makeHost(ours, folder) {
  mkdirSync(folder, { recursive: true });
  const made = run(
    ours.argv(
      'create',
      host,
      '-t',
      'debian',
      '--set',
      `bind=${folder}:/var/lib/machines`,
      '--',
      'packages=systemd-container',
    ),
    { env: ours.env, mayFail: true },
  );
  if (made.status !== 0) {
    process.stderr.write(`machinectl is not measured: ${made.stderr}`);
    return false;
  }
  ours.call('start', host, '--wait');
  return true;
}
