/** The built machine of this host: made once, kept in a cache, found by a key of everything that it was made from. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { read } from './commands.mjs';
import { kernelPackage, release, sourcesOf } from './debian.mjs';
import { furnish, installPackages, makeDisk } from './guest-tree.mjs';
import { extractKernel, installModules, makeInitrd, unpackKernel } from './kernel.mjs';
import * as parts from './parts.mjs';
import { emulator } from './qemu.mjs';
import { saveState } from './saved-state.mjs';

/** Machines that nobody used for so long are removed when another is built. */
const UNUSED_MS = 7 * 24 * 3600 * 1000;

export function cacheFolder() {
  if (process.env.TSMACHINE_VM_CACHE) return process.env.TSMACHINE_VM_CACHE;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tsmachine-vm');
}

/**
 * The folder of the machine that fits this host and these files, built first if need be.
 * @param say gets sentences about what takes long
 */
export async function ensureMachine(say) {
  const kernel = kernelPackage();
  const folder = join(cacheFolder(), machineKey(kernel));
  if (!existsSync(folder)) await build(kernel, folder, say);
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

/** Emulator and clock are in it: a saved state is bound to both. */
function machineKey(kernel) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([kernel, release(), parts, read(emulator, ['--version'])]));
  hash.update(readFileSync(process.execPath));
  for (const folder of [import.meta.dirname, join(import.meta.dirname, 'guest')]) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isFile() && !runners.has(entry.name)) hash.update(readFileSync(join(folder, entry.name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Files of this folder that only use a built machine. */
const runners = new Set(['main.mjs', 'job.mjs', 'begin.sh', 'bundle-tests.mjs', 'host-tests.mjs']);

/** Two builds at once each make their own; the second to end throws its one away. */
async function build(kernel, folder, say) {
  mkdirSync(cacheFolder(), { recursive: true });
  removeUnused();
  const begun = performance.now();
  say(`building the virtual machine once for this host (about a minute), in ${folder}`);
  const work = mkdtempSync(join(cacheFolder(), 'unfinished-'));
  try {
    const root = join(work, 'root');
    const codename = release();
    const sources = sourcesOf(codename);
    writeFileSync(join(work, sources.name), sources.text);
    installPackages(codename, join(work, sources.name), root);
    const kernelRelease = unpackKernel(kernel, join(work, 'kernel'));
    installModules(join(work, 'kernel'), kernelRelease, root);
    furnish(root);
    const made = join(work, 'machine');
    mkdirSync(made);
    writeFileSync(
      join(made, 'vmlinux'),
      extractKernel(readFileSync(join(work, 'kernel/boot', `vmlinuz-${kernelRelease}`))),
    );
    writeFileSync(join(made, 'initrd'), makeInitrd(root, kernelRelease, join(work, 'initrd')));
    makeDisk(root, join(made, 'disk'));
    await saveState(made);
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`built in ${Math.round((performance.now() - begun) / 1000)} s`);
}

function removeUnused() {
  for (const name of readdirSync(cacheFolder())) {
    const path = join(cacheFolder(), name);
    if (Date.now() - statSync(path).mtimeMs > UNUSED_MS) rmSync(path, { recursive: true, force: true });
  }
}
