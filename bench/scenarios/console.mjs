// Console throughput: a flood inside a machine through monitor, socket and client, against a bare pty relay (script(1)).
import { spawn } from 'node:child_process';
import { median, run } from '../measure.mjs';

const megabytes = 100;
const rounds = 5;
/** Raw mode first: a cooked pty turns each newline into two bytes. */
const flood = `stty raw; sleep 0.3; dd if=/dev/zero bs=65536 count=${megabytes * 16} 2>/dev/null | tr '\\0' x; echo END-OF-FLOOD`;

/** MB per second between the first and the last byte that arrives on stdout. */
function drain(argv, env, onReady) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const meter = { bytes: 0, first: 0n, tail: '' };
    onReady?.(child, () => Object.assign(meter, { bytes: 0, first: 0n, tail: '' }));
    child.on('error', reject);
    child.stdout.on('data', (chunk) => {
      if (meter.bytes === 0 && chunk.length > 1024) meter.first = process.hrtime.bigint();
      if (meter.first > 0n) meter.bytes += chunk.length;
      meter.tail = (meter.tail + chunk.subarray(-64).toString('latin1')).slice(-128);
      if (!meter.tail.includes('END-OF-FLOOD') || meter.bytes < megabytes * 1e6) return;
      resolve(meter.bytes / 1e6 / (Number(process.hrtime.bigint() - meter.first) / 1e9));
      child.kill('SIGTERM');
    });
  });
}

/** MB per second of a bare pty relay. */
export async function measureBareRelay(busybox) {
  const command = flood
    .replace('stty', `${busybox} stty`)
    .replace('dd ', `${busybox} dd `)
    .replace('tr ', `${busybox} tr `);
  const rates = [];
  for (let round = 0; round < rounds; round += 1) {
    rates.push(await drain(['script', '-q', '-c', command, '/dev/null'], process.env));
  }
  return median(rates);
}

/** MB per second of `tsmachine console` on the same flood. */
export async function measureConsole(machine) {
  const rates = [];
  for (let round = 0; round < rounds; round += 1) {
    machine.kill();
    machine.start();
    const console = drain(machine.argv('console', 'bench'), machine.env, (child, beginAnew) => {
      setTimeout(() => {
        // What came until now is the console's replay of the flood before.
        beginAnew();
        child.stdin.write(`${flood}\n`);
      }, 1000);
    });
    rates.push(await console);
  }
  run(machine.argv('kill', 'bench'), { env: machine.env, mayFail: true });
  return median(rates);
}
