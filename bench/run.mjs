// `npm run bench`: tsmachine beside lxc, crun, runc and systemd-nspawn, in one run, on one machine.
// Prints medians in milliseconds and ratios. Needs root. Peers that are not installed are named.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled, medianOf, run, samples, timed } from './measure.mjs';
import { lxc } from './peers/lxc.mjs';
import { nspawn } from './peers/nspawn.mjs';
import { crun, runc } from './peers/oci.mjs';
import { project, tsmachine } from './peers/tsmachine.mjs';
import { printReport } from './report.mjs';
import { measureBareRelay, measureConsole } from './scenarios/console.mjs';
import { measureLifeCycle } from './scenarios/life-cycle.mjs';
import { measureMany } from './scenarios/many.mjs';

const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const peers = [tsmachine, lxc, runc, nspawn, crun];

/** crun takes a pure cgroup layout only: in a mount namespace of its own, a hybrid one loses its v2 tree. */
function measureInPureLayout(peer) {
  const script = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$0" "$@"';
  const self = fileURLToPath(import.meta.url);
  const argv = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script];
  return JSON.parse(run([...argv, process.execPath, self, `--only=${peer.name}`]).stdout.toString());
}

function measurePeer(peer, scratch, busybox) {
  if (peer === crun && only === undefined) return measureInPureLayout(peer);
  const opened = peer.open(scratch, busybox);
  try {
    return { ...measureLifeCycle(opened), ...measureMany(opened) };
  } finally {
    opened.close();
  }
}

async function measureConsoles(scratch, busybox) {
  const machine = tsmachine.open(join(scratch, 'console'), busybox);
  try {
    machine.start();
    return { bare: await measureBareRelay(busybox), ours: await measureConsole(machine) };
  } finally {
    machine.close();
  }
}

async function main() {
  const scratch = mkdtempSync(join(tmpdir(), 'tsmachine-bench-'));
  const busybox = run(['sh', '-c', 'command -v busybox']).stdout.toString().trim();
  try {
    if (only !== undefined) {
      const peer = peers.find((candidate) => candidate.name === only);
      process.stdout.write(JSON.stringify(measurePeer(peer, scratch, busybox)));
      return;
    }
    const figures = {};
    for (const peer of peers) {
      if (!peer.isAvailable()) continue;
      process.stderr.write(`measuring ${peer.name} (${samples} samples each)\n`);
      figures[peer.name] = measurePeer(peer, scratch, busybox);
    }
    const node = medianOf(() => timed([process.execPath, '-e', '0']));
    const consoles = isInstalled('script') ? await measureConsoles(scratch, busybox) : undefined;
    const absent = peers.filter((peer) => !peer.isAvailable()).map((peer) => peer.name);
    process.exitCode = printReport({ figures, node, consoles, absent, project }) ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
