/** Debian's kernel: the uncompressed ELF file that qemu boots at once (PVH), its modules, and an initrd that finds the disk. */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './commands.mjs';
import { bootModules, moduleFolders } from './parts.mjs';

/** Fetches and unpacks the package into `folder`. Returns the kernel's release, as `uname -r` says it. */
export function unpackKernel({ name, version }, folder) {
  mkdirSync(folder, { recursive: true });
  // As root, since apt's own user cannot write to our folder.
  run('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', `${name}=${version}`], { cwd: folder });
  const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
  run('dpkg-deb', ['-x', join(folder, archive), folder]);
  return readdirSync(join(folder, 'lib/modules'))[0];
}

/** Documentation/arch/x86/boot.rst: where in a bzImage the compressed kernel lies. */
export function extractKernel(image) {
  const setupSectors = image[0x1f1] || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  // Its last four bytes are the length that it unpacks to.
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  const magic = payload.subarray(0, 4).toString('hex');
  if (magic === 'fd377a58') return run('xz', ['-dc', '--single-stream'], { input: payload });
  if (magic === '28b52ffd') return run('zstd', ['-dc'], { input: payload });
  throw new Error(`the kernel is packed in a way that is unknown here (it begins with ${magic})`);
}

/** Copies what moduleFolders name into the guest's tree, with an index. */
export function installModules(kernelFolder, kernelRelease, root) {
  const from = join(kernelFolder, 'lib/modules', kernelRelease);
  const to = join(root, 'usr/lib/modules', kernelRelease);
  for (const folder of moduleFolders) {
    const source = join(from, 'kernel', folder);
    if (existsSync(source)) cpSync(source, join(to, 'kernel', folder), { recursive: true });
  }
  for (const file of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    cpSync(join(from, file), join(to, file));
  }
  run('chroot', [root, 'depmod', kernelRelease]);
}

/** A busybox, the modules of the disk in the order in which they are loaded, and guest/init. */
export function makeInitrd(root, kernelRelease, folder) {
  const modules = join(root, 'usr/lib/modules', kernelRelease);
  for (const name of ['bin', 'dev', 'root', 'modules']) mkdirSync(join(folder, name), { recursive: true });
  cpSync(join(root, 'bin/busybox'), join(folder, 'bin/busybox'), { dereference: true });
  cpSync(join(import.meta.dirname, 'guest/init'), join(folder, 'init'));
  chmodSync(join(folder, 'init'), 0o755);
  const files = inLoadingOrder(readFileSync(join(modules, 'modules.dep'), 'utf8'));
  for (const file of files) cpSync(join(modules, file), join(folder, 'modules', basename(file)));
  writeFileSync(join(folder, 'modules/order'), files.map((file) => `${basename(file)}\n`).join(''));
  const names = String(run('find', ['.'], { cwd: folder }));
  return run(join(root, 'bin/busybox'), ['cpio', '-o', '-H', 'newc'], { cwd: folder, input: names });
}

/** modules.dep lists after each module those that it needs, the first needed last. */
function inLoadingOrder(index) {
  const lines = index.split('\n').map((line) => line.split(/:\s*/));
  const needed = bootModules.flatMap((name) => {
    const line = lines.find(([file]) => basename(file).replace(/\.ko$/, '') === name);
    if (line === undefined) throw new Error(`the kernel has no module ${name}`);
    return [
      ...(line[1] ?? '')
        .split(' ')
        .filter((file) => file !== '')
        .reverse(),
      line[0],
    ];
  });
  return [...new Set(needed)];
}
