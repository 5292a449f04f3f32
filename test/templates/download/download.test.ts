import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StorageProgress } from '../../../src/backends/storage.ts';
import { download, removeDownload } from '../../../src/templates/download/download.ts';
import { runFolder } from '../../setup/test-run.ts';
import { prepareContext } from '../template-context.ts';
import { type Answer, type BreakingServer, brokenOff, file, startServer, status } from './breaking-server.ts';

const content = Buffer.alloc(300_000, 'root file system');
const other = Buffer.alloc(300_000, 'something else!!');
const sha256 = createHash('sha256').update(content).digest('hex');
/** Of what came last before a break some is lost in the client. */
const inTheMiddle = expect.stringMatching(/^bytes=[1-9]\d{4,5}-$/);
const patience = { pauses: [1, 1, 1], idle: 150 };

let server: BreakingServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

function prepared() {
  const cacheDirectory = mkdtempSync(join(runFolder(), 'cache-'));
  const { context, messages } = prepareContext({}, { cacheDirectory });
  const told: StorageProgress[] = [];
  const wanted = { url: server.url, sha256, owner: 'test' };
  return {
    context: { ...context, fileProgress: (one: StorageProgress) => told.push(one) },
    messages,
    told,
    wanted,
    kept: () => readdirSync(join(cacheDirectory, 'downloads')),
    fetch: () => download({ ...context, fileProgress: (one) => told.push(one) }, wanted, patience),
  };
}

describe('a download', () => {
  it('tells how much of how much is there, and is not made again', async () => {
    const { fetch, told, kept } = prepared();
    server.answer(file(content, '"a"'));
    const path = await fetch();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(told.at(-1)).toEqual({ done: 300_000, total: 300_000, unit: 'bytes', deed: 'fetching' });
    expect(kept()).toHaveLength(1);
    expect(await fetch()).toBe(path);
    expect(server.seen).toHaveLength(1);
  });

  it('goes on where it broke off, of the very file that it was', async () => {
    const { fetch, messages } = prepared();
    server.answer(
      brokenOff(content, '"a"', 100_000),
      brokenOff(content, '"a"', 200_000),
      file(content, '"a"'),
    );
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
    expect(server.seen).toEqual([
      { range: undefined, ifRange: undefined },
      { range: inTheMiddle, ifRange: '"a"' },
      { range: inTheMiddle, ifRange: '"a"' },
    ]);
    expect(messages.join()).toContain('trying again');
  });

  it('goes on in the next command', async () => {
    const { fetch, kept } = prepared();
    server.answer(brokenOff(content, '"a"', 100_000), status(503));
    await expect(fetch()).rejects.toMatchObject({ message: expect.stringContaining('503') });
    expect(kept()).toHaveLength(2);
    server.answer(file(content, '"a"'));
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
    expect(server.seen).toEqual([{ range: inTheMiddle, ifRange: '"a"' }]);
    expect(kept()).toHaveLength(1);
  });

  it('begins anew when the file is another one after the break', async () => {
    const { fetch } = prepared();
    server.answer(brokenOff(other, '"a"', 100_000), file(content, '"b"'));
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
  });

  it('begins anew when a server puts another file behind the beginning and does not say so', async () => {
    const { fetch, messages } = prepared();
    server.answer(brokenOff(other, '"a"', 100_000), file(content, '"a"'), file(content, '"a"'));
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
    expect(messages.join()).toContain('does not fit together');
  });

  it('begins anew when what is there is longer than the file', async () => {
    const { fetch } = prepared();
    server.answer(brokenOff(other, '"a"', 100_000), status(416), file(content, '"a"'));
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
  });

  it('does not take the middle of a file for its end', async () => {
    const { fetch, messages } = prepared();
    server.answer(
      brokenOff(content, '"a"', 100_000),
      (_request, response) => {
        response.writeHead(206, { 'content-range': 'bytes 200000-299999/300000', etag: '"a"' });
        response.end(content.subarray(200_000));
      },
      file(content, '"a"'),
    );
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
    // Before its checksum would tell.
    expect(messages.join()).not.toContain('does not fit together');
  });

  it('is no longer than the server said, and no shorter', async () => {
    const { fetch } = prepared();
    const lying = (length: number): Answer => {
      return (_request, response) => {
        response.strictContentLength = false;
        response.writeHead(200, { 'content-length': length });
        response.end(content);
      };
    };
    server.answer(lying(400_000), file(content, '"a"'));
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
    const { fetch: again } = prepared();
    server.answer(lying(1000));
    const got = await again().then(readFileSync, () => Buffer.alloc(0));
    expect(got.length).toBeLessThanOrEqual(1000);
  });

  it('waits for a server that is slow, and not for one that says nothing', async () => {
    const { fetch } = prepared();
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      const send = (at: number): void => {
        if (at >= content.length) response.end();
        else response.write(content.subarray(at, at + 60_000), () => setTimeout(send, 40, at + 60_000));
      };
      send(0);
    });
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
    const { fetch: silent } = prepared();
    server.answer(() => {});
    await expect(silent()).rejects.toMatchObject({
      message: expect.stringMatching(/nothing came.*after 4 attempts/),
    });
  });

  it('is not asked for again where that changes nothing', async () => {
    const { fetch } = prepared();
    server.answer(status(404));
    await expect(fetch()).rejects.toMatchObject({
      name: 'TemplateError',
      message: expect.stringMatching(
        /cannot fetch http:\/\/127\.0\.0\.1:\d+\/rootfs\.tar: the server says 404$/,
      ),
    });
    expect(server.seen).toHaveLength(1);
  });

  it('gives up a circle of redirects, and one to what is no address', async () => {
    const { fetch } = prepared();
    server.answer(status(302, { location: '/rootfs.tar?again=secret' }));
    await expect(fetch()).rejects.toMatchObject({ message: expect.not.stringContaining('secret') });
    expect(server.seen).toHaveLength(6);
    server.answer(status(302, { location: 'file:///etc/shadow' }));
    await expect(fetch()).rejects.toMatchObject({
      message: expect.stringContaining('none that can be fetched'),
    });
    server.answer(status(302, { location: `http://me:word@${server.url.host}/` }));
    await expect(fetch()).rejects.toMatchObject({ message: expect.not.stringContaining('word@') });
  });

  it('follows a redirect to the file', async () => {
    const { fetch } = prepared();
    server.answer(status(307, { location: '/elsewhere' }), file(content, '"a"'));
    expect(readFileSync(await fetch()).equals(content)).toBe(true);
  });

  it('ends with the signal', async () => {
    const { context, wanted } = prepared();
    const abort = new AbortController();
    server.answer(() => abort.abort(new Error('Ctrl-C')));
    await expect(download({ ...context, signal: abort.signal }, wanted, patience)).rejects.toThrow();
    expect(server.seen).toHaveLength(1);
  });

  it('is removed with all that belongs to it', async () => {
    const { context, fetch, wanted, kept } = prepared();
    server.answer(file(content, '"a"'));
    const path = await fetch();
    removeDownload(context, wanted);
    expect(existsSync(path)).toBe(false);
    expect(kept()).toEqual([]);
  });
});
