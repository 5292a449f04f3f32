import { copyFile, rename, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import { type ElfVerdict, examineElf } from './elf.ts';
import { fetchBusybox } from './fetch-package.ts';

const usualFolders = ['/bin', '/usr/bin', '/usr/local/bin', '/usr/lib/busybox'];
const usualNames = ['busybox', 'busybox-static', 'busybox.static'];

/**
 * A static busybox for this processor: the one asked for, else one of the host's, else one fetched earlier, else the
 * distribution's package, fetched and unpacked without installing it.
 */
export async function findBinary(context: TemplateContext): Promise<string> {
  const wanted = context.options['busybox'] ?? '';
  if (wanted !== '') return requireStatic(wanted);
  const kept = context.cacheDirectory === undefined ? [] : [join(context.cacheDirectory, 'busybox')];
  for (const path of [...hostCandidates(), join(context.workDirectory, 'busybox'), ...kept]) {
    if ((await verdictOf(path)) === 'static') return path;
  }
  return fetched(context);
}

function hostCandidates(): readonly string[] {
  const folders = new Set([...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders]);
  return [...folders]
    .filter((folder) => folder.startsWith('/'))
    .flatMap((folder) => usualNames.map((name) => join(folder, name)));
}

/** A candidate that is missing or cannot be read is no candidate. */
async function verdictOf(path: string): Promise<ElfVerdict> {
  try {
    return await examineElf(path);
  } catch {
    return 'not-elf';
  }
}

const refusals: Readonly<Record<Exclude<ElfVerdict, 'static'>, string>> = {
  dynamic: 'is dynamically linked: it would not run in an empty root file system',
  foreign: 'is for another processor',
  'not-elf': 'is not an executable program',
};

async function requireStatic(path: string): Promise<string> {
  if (!path.startsWith('/')) {
    throw new TemplateError(`busybox=${path}: not an absolute path`, {
      hint: 'give the whole path of a static busybox',
    });
  }
  const verdict = await stat(path).then(
    () => examineElf(path),
    (cause: unknown) => {
      throw new TemplateError(`busybox=${path}: no such file`, {
        hint: 'leave the option out to have one found',
        cause,
      });
    },
  );
  if (verdict === 'static') return path;
  throw new TemplateError(`busybox=${path} ${refusals[verdict]}`, {
    hint: 'give a static busybox (for example the package busybox-static), or leave the option out to have one found',
  });
}

/** Keeps what was fetched, so that the next machine needs no network. */
async function fetched(context: TemplateContext): Promise<string> {
  const unpacked = await fetchBusybox(context);
  const verdict = await verdictOf(unpacked);
  if (verdict !== 'static')
    throw new TemplateError(`the busybox of the distribution's package ${refusals[verdict]}`);
  const folder = context.cacheDirectory ?? context.workDirectory;
  const kept = join(folder, 'busybox');
  // By rename: another create that finds the file finds it whole.
  await copyFile(unpacked, `${kept}.${process.pid}`);
  await rename(`${kept}.${process.pid}`, kept);
  return kept;
}
