/**
 * Requests of one moment, served by one process: starting one costs Node milliseconds, whatever it does. `serve` is called as
 * soon as `most` requests wait, or when all that can go on without the kernel has gone on.
 */
export function createBatch<Request>(
  most: number,
  serve: (requests: readonly Request[]) => void,
): (request: Request) => void {
  let waiting: Request[] = [];
  const flush = (): void => {
    const requests = waiting;
    waiting = [];
    if (requests.length > 0) serve(requests);
  };
  return (request) => {
    waiting.push(request);
    if (waiting.length === most) flush();
    else if (waiting.length === 1) setImmediate(flush);
  };
}

/** A request whose answer is awaited. */
export interface Pending<Given, Answer> {
  readonly given: Given;
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void;
  readonly reject: (error: unknown) => void;
}
