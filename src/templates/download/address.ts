/** Addresses that something is fetched from, and how they are shown: what may be a secret in them is in no error and no log. */
import { TemplateError } from '../template-error.ts';

/** @throws TemplateError */
export function parseAddress(text: string, base?: URL): URL {
  const url = URL.parse?.(text, base?.href) ?? parseOrUndefined(text, base);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TemplateError('the address is none that can be fetched', {
      usage: true,
      hint: 'http://... and https://... can; get other things with a tool of theirs, and give the file',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new TemplateError(`the address of ${url.host} has a name or a password in it`, {
      hint: 'it would be stored with the machine: fetch the file with a tool that has them (curl --netrc), and give the file',
    });
  }
  url.hash = '';
  return url;
}

function parseOrUndefined(text: string, base: URL | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Without its query, which may be a signature that opens it. */
export function shownAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
