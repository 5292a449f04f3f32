/** What a person says of a tarball, checked. */
import { resolve } from 'node:path';
import { parseAddress } from '../download/address.ts';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';

export interface TarballOptions {
  readonly from: { readonly file: string } | { readonly url: URL };
  /** Lower-case hex; undefined: there is none to compare with. */
  readonly sha256: string | undefined;
  readonly folder: string;
  readonly init: string;
  /** Bytes that may be unpacked. */
  readonly maxBytes: number | undefined;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** @throws TemplateError */
export function readOptions({ options }: TemplateContext): TarballOptions {
  const { from = '', sha256 = '', folder = '', init = '', 'max-size': size = '' } = options;
  if (from === '') {
    throw new TemplateError('it is not said which tarball', {
      usage: true,
      hint: 'name a file or a URL: -- --from rootfs.tar.xz',
    });
  }
  const digest = readDigest(sha256);
  const source = /^[a-z][a-z0-9+.-]*:\/\//i.test(from)
    ? { url: parseAddress(from) }
    : { file: resolve(from) };
  if ('url' in source) requireDigest(source.url, digest);
  return {
    from: source,
    sha256: digest === 'none' ? undefined : digest,
    folder,
    init,
    maxBytes: readSize(size),
  };
}

function readDigest(text: string): string | undefined {
  const digest = text.toLowerCase();
  if (digest === '') return undefined;
  if (digest === 'none' || /^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new TemplateError(`sha256=${text}: not 64 hexadecimal digits`, {
    usage: true,
    hint: '`sha256sum FILE` prints them; for a URL they stand beside it, often in SHA256SUMS',
  });
}

/** Whoever sits on the way, or at the other end, would decide what runs here. */
function requireDigest({ protocol }: URL, digest: string | undefined): void {
  if (protocol === 'http:' && (digest === undefined || digest === 'none')) {
    throw new TemplateError('what comes by http needs a checksum: anybody on the way could change it', {
      usage: true,
      hint: '-- --sha256 HEX, or take https',
    });
  }
  if (digest !== undefined) return;
  throw new TemplateError('what comes by https needs a checksum, so that it is what was meant', {
    usage: true,
    hint: '-- --sha256 HEX; or if whoever has the server may decide what it is: --sha256 none',
  });
}

function readSize(text: string): number | undefined {
  if (text === '') return undefined;
  const [, digits, unit] = /^(\d{1,15})([KMGT]?)$/i.exec(text) ?? [];
  const factor = UNITS[(unit ?? '?').toUpperCase()];
  if (digits !== undefined && factor !== undefined) return Number(digits) * factor;
  throw new TemplateError(`max-size=${text}: not a size`, { usage: true, hint: 'such as 512M or 20G' });
}
