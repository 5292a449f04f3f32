/** One GET by HTTP, redirects included. Node's own client: fetch() would decode what is to stay as it is, and hides redirects. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TemplateError } from '../template-error.ts';
import { parseAddress, shownAddress } from './address.ts';

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface GetRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds in which nothing comes, after which it is given up. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** Whoever gets the response reads or destroys it. Rejects with a TemplateError for what no second attempt changes, else with a system error. */
export async function get(request: GetRequest): Promise<IncomingMessage> {
  let { url } = request;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await getOnce({ ...request, url });
    const { location } = response.headers;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    url = redirected(url, location);
  }
  throw new TemplateError(
    `${shownAddress(request.url)} sends from one address to the next, more than ${MOST_REDIRECTS} times`,
    { hint: 'give the address where the file itself lies' },
  );
}

function redirected(from: URL, location: string): URL {
  const to = parseAddress(location, from);
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new TemplateError(`${shownAddress(from)} sends to ${shownAddress(to)}, which is not encrypted`, {
      hint: 'give the address where the file itself lies',
    });
  }
  return to;
}

function getOnce({ url, headers, idleMs, signal }: GetRequest): Promise<IncomingMessage> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = start(url, {
      headers: { 'user-agent': 'tsmachine', accept: '*/*', 'accept-encoding': 'identity', ...headers },
      timeout: idleMs,
      signal,
      // One that is kept open would keep the command from its end.
      agent: false,
    });
    request.on('timeout', () => request.destroy(idle(idleMs)));
    request.on('error', reject);
    request.on('response', resolve);
    request.end();
  });
}

function idle(idleMs: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`nothing came for ${idleMs / 1000} seconds`), { code: 'ETIMEDOUT' });
}
