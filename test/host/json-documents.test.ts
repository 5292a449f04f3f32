/** What `--json` says of a native machine is what docs/json.md says. test/host/nspawn has the same of those of systemd-nspawn. */
import { expect, it } from 'vitest';
import { doAllTo } from '../json-documents/deeds.ts';
import { checkDocument } from '../json-documents/documents.ts';
import { lookAtAllOf } from '../json-documents/look.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();

it('a native machine, down and up, and all that is done to it', async () => {
  const made = await host.done(['create', 'web', '-t', 'busybox', '--set', 'memory.max=64M', '--json']);
  expect(checkDocument('create', made)).toMatchObject({ name: 'web', started: false });
  await lookAtAllOf(host, 'web');
  await doAllTo(host, 'web');
  await host.done(['start', 'web']);
  await lookAtAllOf(host, 'web');
});
