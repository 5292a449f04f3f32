/** A program that keeps the files of a running machine, says so when it has frozen it, and then waits to be killed. */
import { writeSync } from 'node:fs';
import { createNativeBackend } from '../../../src/backends/native/native-backend.ts';

const { root, parent, machine, place } = JSON.parse(process.argv[2] ?? '');
const { storage } = createNativeBackend({
  root,
  runRoot: `${root}/run`,
  cgroupParent: parent,
  helperPath: '/nonexistent',
  selfArgv: (...words) => words,
});
const sayAndStop = () => {
  writeSync(1, 'frozen\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
await storage.keep(machine, place, { progress: sayAndStop, signal: new AbortController().signal });
