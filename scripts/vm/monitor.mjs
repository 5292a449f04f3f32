/** The QEMU Machine Protocol: a line of JSON each way. */
import { createInterface } from 'node:readline';

/** @returns a function that executes one command of the emulator, and returns its answer or throws its error */
export async function connectMonitor(stream) {
  const waiting = [];
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const message = JSON.parse(line);
    if ('return' in message) waiting.shift()?.resolve(message.return);
    if ('error' in message) waiting.shift()?.reject(new Error(message.error.desc));
  });
  // The emulator was ended: what waits is told by 'close'.
  lines.on('error', () => {});
  lines.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the emulator ended'));
  });
  const execute = (command, options) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      stream.write(`${JSON.stringify({ execute: command, arguments: options })}\n`);
    });
  await execute('qmp_capabilities');
  return execute;
}
