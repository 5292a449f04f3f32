/** `exec` as a part of a pipeline: much data, signals, and a reader that goes away. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtHelper, spawnCli } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const megabyte = 1_000_000;
const size = 100 * megabyte;

beforeAll(async () => {
  await host.done(['create', 'web', '-t', 'busybox', '--start']);
});

function exec(...command: readonly string[]) {
  return spawnCli(['exec', 'web', '--', ...command], { env: host.env });
}

/**
 * A stand-in for the helper whose processes are slow to end: the one that joins the machine is then still there when the command
 * has long been running. strace traces from aside (-D), so that signals reach the helper itself.
 */
function lingeringHelper(): string {
  const path = join(host.root, 'lingering-helper');
  const strace =
    'strace -D -f -qq -o /dev/null -e trace=exit_group -e inject=exit_group:delay_enter=700000:when=1';
  writeFileSync(path, `#!/bin/sh\nexec ${strace} ${builtHelper} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Bytes that repeat nowhere near, so that a lost or swapped block changes the sum. */
function* blocks(): Generator<Buffer> {
  for (let sent = 0; sent < size; sent += megabyte) yield randomBytes(megabyte);
}

describe('exec in a pipeline', () => {
  it('passes 100 MB in and out whole and in order', async () => {
    const sent = createHash('sha256');
    const received = createHash('sha256');
    const child = exec('cat');
    const closed = once(child, 'close');
    let count = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      count += chunk.length;
      received.update(chunk);
    });
    const source = Readable.from(blocks()).map((block: Buffer) => {
      sent.update(block);
      return block;
    });
    if (child.stdin) await pipeline(source, child.stdin);
    expect(await closed).toEqual([0, null]);
    expect(count).toBe(size);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  it('gives a command that writes to a closed pipe its SIGPIPE, and ends', async () => {
    const child = exec('yes');
    child.stdout?.once('data', () => child.stdout?.destroy());
    const [code] = await once(child, 'exit');
    expect(code).toBe(128 + 13);
  });

  it.each([
    ['SIGTERM', 15],
    ['SIGINT', 2],
    ['SIGHUP', 1],
    ['SIGUSR1', 10],
  ] as const)('forwards %s to the command, which decides', async (signal, number) => {
    const script = `trap 'echo got ${number}; exit 42' ${number}; echo ready; while :; do sleep 0.1; done`;
    const child = exec('sh', '-c', script);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output === 'ready\n') child.kill(signal);
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    const [code, killedBy] = await once(child, 'close');
    expect({ code, killedBy, output, errors }).toEqual({
      code: 42,
      killedBy: null,
      output: `ready\ngot ${number}\n`,
      errors: '',
    });
  });

  it('forwards a signal also while the process that entered the machine for it is still there', async () => {
    const script = "trap 'exit 42' TERM; echo ready; read never";
    const env = { ...host.env, TSMACHINE_HELPER: lingeringHelper() };
    const child = spawnCli(['exec', 'web', '--', 'sh', '-c', script], { env });
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await once(child, 'close')).toEqual([42, null]);
  });
});
