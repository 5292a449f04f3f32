// Wall-clock time of whole commands, in milliseconds, as a person waits for them.
import { spawnSync } from 'node:child_process';

/** At least this many samples stand behind every median. */
export const samples = Number(process.env.BENCH_SAMPLES ?? 20);

/** NODE_EXTRA_CA_CERTS adds tens of milliseconds to each start of Node 20 and says nothing about us. */
export const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'NODE_EXTRA_CA_CERTS'),
);

/** Runs a command to its end; throws with its words if it fails. */
export function run(argv, options = {}) {
  const [file, ...rest] = argv;
  const result = spawnSync(file, rest, {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0 && !options.mayFail) {
    throw new Error(`${argv.join(' ')}: exit ${result.status ?? result.signal}\n${result.stderr}`);
  }
  return result;
}

/**
 * A person's commands do not follow upon each other within milliseconds. It matters: on a quiet host the first move of a process
 * into a cgroup waits 10 to 20 ms for a grace period of RCU, one shortly after another does not.
 */
const QUIET_MS = 300;

/** Time of one command on a host that was quiet before. */
export function timed(argv, options = {}) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, QUIET_MS);
  return timedAtOnce(argv, options);
}

/** Time of one command. Its output is dropped: a daemon that keeps a pipe open must not hold us. */
export function timedAtOnce(argv, options = {}) {
  const before = process.hrtime.bigint();
  run(argv, { stdio: ['ignore', 'ignore', 'ignore'], ...options });
  return Number(process.hrtime.bigint() - before) / 1e6;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Calls `sample` once to warm up and `count` times for the record. */
export function medianOf(sample, count = samples) {
  sample(-1);
  return median(Array.from({ length: count }, (_, index) => sample(index)));
}

/**
 * The same of all that is compared, by turns: what the host does meanwhile, or has just done, strikes all alike.
 * @param named functions by name @returns medians by name
 */
export function mediansInTurn(named, count = samples) {
  const found = Object.fromEntries(Object.keys(named).map((name) => [name, []]));
  for (let index = -1; index < count; index += 1) {
    for (const [name, sample] of Object.entries(named)) {
      const value = sample(index);
      if (index >= 0) found[name].push(value);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, median(values)]));
}

export function isInstalled(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}
