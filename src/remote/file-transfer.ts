/**
 * Files to another host and back, by tar(1) over the connection: modes, links, holes and attributes stay. They lie in a folder there that is
 * removed after the command, on every way out.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MachineError } from '../machines/errors.ts';
import { quoted, shellLine } from './shell-line.ts';
import { runOver, type SshHost, sshWords } from './ssh.ts';

/** A folder of the other host, of this command alone. */
export interface Staging {
  readonly folder: string;
}

const TAR = ['tar', '--sparse', '--xattrs', '--acls', '--numeric-owner'];

export async function withStaging(
  host: SshHost,
  work: (staging: Staging) => Promise<number>,
): Promise<number> {
  const folder = (await answerOf(host, 'mktemp -d /var/tmp/tsmachine-XXXXXXXX')).trim();
  if (!/^\/[^\n]+$/.test(folder)) {
    throw new MachineError(
      'failed',
      `no folder could be made on ${host.destination}: ${JSON.stringify(folder)}`,
    );
  }
  try {
    return await work({ folder });
  } finally {
    await runOver(host, { line: shellLine(['rm', '-rf', '--', folder]), terminal: false, stdio: 'ignore' });
  }
}

/** Each source gets a folder of its own there: two of one name stay apart. Returns where they are, in words of push. */
export async function sendFiles(
  host: SshHost,
  { folder }: Staging,
  sources: readonly string[],
): Promise<readonly string[]> {
  const places: string[] = [];
  for (const [index, source] of sources.entries()) {
    const place = `${folder}/${index}`;
    const { from, name, suffix } = splitSource(source);
    if (lstatSync(join(from, name), { throwIfNoEntry: false }) === undefined) throw missing(source);
    const pack = start([...TAR, '-c', '-C', from, '--', `./${name}`]);
    const unpack = startOver(host, `mkdir ${quoted(place)} && ${shellLine([...TAR, '-xp', '-C', place])}`);
    await joined(host, pack, unpack);
    places.push(`${place}/${name}${suffix}`);
  }
  return places;
}

interface Fetching {
  /** What pull is told as its target there. */
  readonly place: string;
  readonly fetch: () => Promise<void>;
}

/** @param target as pull takes it: an existing directory, or a name that ends in /, takes the files in; else it is the name of the one */
export async function fetchFiles(host: SshHost, { folder }: Staging, target: string): Promise<Fetching> {
  const path = resolve(target);
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const into = isDirectory || /(^|\/)\.{0,2}$/.test(target);
  const directory = into ? path : dirname(path);
  if (!existsSync(directory)) throw missing(directory);
  const out = `${folder}/out`;
  await answerOf(host, `mkdir ${quoted(out)}`);
  return {
    place: into ? `${out}/` : `${out}/${basename(path)}`,
    fetch: () => {
      const pack = startOver(host, shellLine([...TAR, '-c', '-C', out, '.']));
      // The folder itself stays whose it is; a link that is there is replaced, never followed.
      const unpack = start([...TAR, '-xp', '--no-overwrite-dir', '-C', directory]);
      return joined(host, pack, unpack);
    },
  };
}

function splitSource(source: string): {
  readonly from: string;
  readonly name: string;
  readonly suffix: string;
} {
  const path = resolve(source);
  const suffix = /(^|\/)\.{1,2}\/*$/.test(source) ? '/.' : '';
  return { from: dirname(path), name: basename(path), suffix };
}

function missing(path: string): MachineError {
  return new MachineError('usage', `there is no ${path} on this host`, {
    subject: path,
    hint: 'with --host, what is pushed and pulled is of the host where you are',
  });
}

function start(words: readonly string[]): ChildProcess {
  const [program = '', ...rest] = words;
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
}

function startOver(host: SshHost, line: string): ChildProcess {
  return start([host.program, ...sshWords(host, ['-T'], line)]);
}

/** What the first one writes, the second one reads. */
async function joined(host: SshHost, pack: ChildProcess, unpack: ChildProcess): Promise<void> {
  pack.stdin?.end();
  unpack.stdout?.resume();
  const codes = Promise.all([ended(pack), ended(unpack)]);
  const passed = passOn(pack.stdout as Readable, unpack.stdin as Writable);
  const [[packed, unpacked]] = await Promise.all([codes, passed]);
  if (packed === 0 && unpacked === 0) return;
  throw new MachineError('failed', `files could not be copied between here and ${host.destination}`, {
    subject: host.destination,
    hint: 'tar, above, says what it could not do',
  });
}

/** What an end of a pipe says when the other one is closed. */
const closed: readonly unknown[] = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'];

/** Until one of both ends: who does so early says why by its exit code. */
export async function passOn(from: Readable, to: Writable): Promise<void> {
  try {
    await pipeline(from, to);
  } catch (error) {
    if (!closed.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

/** What a line prints there. @throws MachineError if it fails */
async function answerOf(host: SshHost, line: string): Promise<string> {
  const child = startOver(host, line);
  child.stdin?.end();
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  if ((await ended(child)) === 0) return text;
  throw new MachineError('failed', `a folder for files could not be made on ${host.destination}`, {
    subject: host.destination,
    hint: 'its words, above, say why',
  });
}
