import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { passOn } from '../../src/remote/file-transfer.ts';

const failing = (code: string) => Object.assign(new Error(code), { code });
const readerThat = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(failing(code)) });

describe('what one program passes on to another', () => {
  it('may be cut off by who reads: that says why by its exit code', async () => {
    for (const code of ['EPIPE', 'ECONNRESET']) await passOn(Readable.from(['archive']), readerThat(code));
    const gone = new PassThrough();
    const passed = passOn(new PassThrough(), gone);
    gone.destroy();
    await passed;
  });

  it('is not whole when anything else fails', async () => {
    await expect(passOn(Readable.from(['archive']), readerThat('ENOSPC'))).rejects.toThrow('ENOSPC');
  });
});
