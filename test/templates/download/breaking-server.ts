/** A real HTTP server on loopback that does what servers do wrong. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export interface BreakingServer {
  readonly url: URL;
  readonly seen: readonly SeenRequest[];
  /** Answers the next requests, each once; the last one stays. */
  answer(...answers: readonly Answer[]): void;
  close(): void;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startServer(): Promise<BreakingServer> {
  let answers: readonly Answer[] = [];
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    seen.push({ range, ifRange: ifRange?.toString() });
    const [answer, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/rootfs.tar?signature=secret`),
    seen,
    answer(...given) {
      answers = given;
      seen.length = 0;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const firstOf = ({ headers: { range = '' } }: IncomingMessage) =>
  Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);

/** Where what it sends begins: what is asked for, if the file is still the one that is meant. */
function begin(content: Buffer, etag: string, request: IncomingMessage, response: ServerResponse): number {
  const at = request.headers['if-range'] === etag ? firstOf(request) : 0;
  response.writeHead(at === 0 ? 200 : 206, {
    etag,
    'content-length': content.length - at,
    ...(at === 0 ? {} : { 'content-range': `bytes ${at}-${content.length - 1}/${content.length}` }),
  });
  return at;
}

/** As a good server does. */
export function file(content: Buffer, etag: string): Answer {
  return (request, response) => {
    const at = begin(content, etag, request, response);
    response.end(content.subarray(at));
  };
}

/** The same until so many bytes are there, and then the connection is gone. */
export function brokenOff(content: Buffer, etag: string, upTo: number): Answer {
  return (request, response) => {
    const at = begin(content, etag, request, response);
    response.write(content.subarray(at, upTo), () => response.socket?.destroySoon());
  };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end();
}
