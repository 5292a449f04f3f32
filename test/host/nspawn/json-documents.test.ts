/** What `--json` says of machines of systemd-nspawn is what docs/json.md says, and what it says of native ones. */
import { expect, it } from 'vitest';
import { doAllTo } from '../../json-documents/deeds.ts';
import { checkDocument } from '../../json-documents/documents.ts';
import { lookAtAllOf } from '../../json-documents/look.ts';
import { withNspawnHost } from './nspawn-host.ts';

const host = withNspawnHost();
const { done, busyboxImage, machinectl } = host;

it('one of ours, down and up, and all that is done to it', async () => {
  const made = await done(['create', 'ours', '-t', 'busybox', '--set', 'memory.max=64M', '--json']);
  expect(checkDocument('create', made)).toMatchObject({ name: 'ours', started: false });
  await lookAtAllOf(host, 'ours');
  await doAllTo(host, 'ours');
  await done(['start', 'ours']);
  await lookAtAllOf(host, 'ours');
});

it('one of machinectl, down and up, and all that is done to it', async () => {
  await busyboxImage('theirs');
  await machinectl('clone', 'theirs', 'theirs@kept');
  await lookAtAllOf(host, 'theirs');
  await doAllTo(host, 'theirs');
  await machinectl('start', 'theirs');
  await lookAtAllOf(host, 'theirs');
});
