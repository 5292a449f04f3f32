/** Boots a machine once, until its service waits for a job, and saves it there: later runs go on from that in half a second. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectMonitor } from './monitor.mjs';
import { startEmulator } from './qemu.mjs';

const BOOT_MS = 180_000;

export async function saveState(folder) {
  const emulator = startEmulator({ folder, state: 'save' });
  const limit = setTimeout(() => emulator.child.kill('SIGKILL'), BOOT_MS);
  try {
    const ready = once(emulator.control, 'data').then(([data]) => String(data).trim());
    const first = await Promise.race([ready, emulator.ended]);
    if (first !== 'ready') throw new Error(`it ended before it was up (${first})`);
    await save(emulator);
  } catch (error) {
    throw new Error(`the virtual machine does not boot: ${error.message}\n${emulator.consoleTail()}`);
  } finally {
    clearTimeout(limit);
    emulator.child.kill('SIGKILL');
    await emulator.ended;
  }
}

/** Memory is not in the state: it is in the file that the emulator has mapped all along. */
const memoryIsAFile = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };

async function save({ monitor }) {
  const execute = await connectMonitor(monitor);
  // What systemd does last, after the units are up, is done then.
  await delay(3000);
  await execute('migrate-set-capabilities', memoryIsAFile);
  await execute('migrate', { uri: 'exec:cat > state' });
  for (;;) {
    const { status } = await execute('query-migrate');
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled')
      throw new Error(`its state cannot be saved: ${status}`);
    await delay(50);
  }
}

/** Lets an emulator that was started with `state: 'resume'` go on from what saveState has left in its folder. */
export async function loadState({ monitor }) {
  const execute = await connectMonitor(monitor);
  await execute('migrate-set-capabilities', memoryIsAFile);
  await execute('migrate-incoming', { uri: 'exec:cat state' });
}
