import { expect, it, vi } from 'vitest';
import { createEmulator } from '../../../src/ui/consoles/emulator.ts';

it('says nothing of sequences that are cut off, as systemd 252 does when it shortens a line: stderr is the dashboard too', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const emulator = createEmulator({ columns: 40, rows: 4 });
  await new Promise<void>((resolve) =>
    emulator.write(Buffer.from('[ OK ] Listening on dbus.socket\x1b…\r\nnext'), resolve),
  );
  expect(said).not.toHaveBeenCalled();
  emulator.close();
  said.mockRestore();
});
