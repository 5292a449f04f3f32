/** The beginning of an archive: its manifest, and all bytes that had to be read for it. */
import { BackendError } from '../../../backend.ts';
import { BLOCK, MANIFEST, parseHeader } from './tar-format.ts';
import { damaged } from './tar-reader.ts';

/** Of removed paths above all. */
const MANIFEST_LIMIT = 64 * 2 ** 20;

export interface Beginning {
  readonly manifest: Buffer;
  /** From the first byte of the archive on, the manifest included. */
  readonly seen: readonly Buffer[];
}

export async function readManifest(tar: AsyncIterator<Buffer>): Promise<Beginning> {
  const seen: Buffer[] = [];
  let length = 0;
  const upTo = async (end: number, cutOff: BackendError): Promise<Buffer> => {
    while (length < end) {
      const { done, value } = await tar.next();
      if (done === true) throw cutOff;
      seen.push(value);
      length += value.length;
    }
    return Buffer.concat(seen);
  };
  const header = parseHeader((await upTo(BLOCK, noArchive())).subarray(0, BLOCK));
  if (header?.name !== MANIFEST || header.type !== '0') throw noArchive();
  if (header.size > MANIFEST_LIMIT) throw damaged(`its ${MANIFEST} is too long`);
  const end = BLOCK + header.size;
  const manifest = (await upTo(end, damaged('it is cut off'))).subarray(BLOCK, end);
  return { manifest, seen };
}

function noArchive(): BackendError {
  return new BackendError('failed', `this is no archive of a machine: it does not begin with ${MANIFEST}`, {
    hint:
      'Only archives made by `tsmachine export` can be imported. Of a root file system that something else packed: ' +
      '`tsmachine create NAME -t tarball -- --from FILE`',
  });
}
