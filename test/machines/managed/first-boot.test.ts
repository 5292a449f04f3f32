import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExecResult } from '../../../src/backends/backend.ts';
import { quietWork as work } from '../../../src/machines/work/quiet-work.ts';
import { snapshotRequest } from '../../contract/requests.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import type { CommandAnswer } from '../../fakes/fake-manager.ts';
import { request as nativeRequest } from '../../fakes/machines-in.ts';
import { type ManagedFixture, makeManaged } from '../../fakes/managed-fixture.ts';
import { caught } from '../caught.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@here';
const userData = {
  text: `#cloud-config
hostname: first
timezone: Europe/Berlin
ssh_authorized_keys: ["${KEY}"]
runcmd: ["true"]
`,
  settings: {},
};
const request = (name: string, changes: Parameters<typeof nativeRequest>[1] = {}) =>
  nativeRequest(name, { storage: undefined, userData, ...changes });
const failing: ExecResult = { exitCode: 3, stdout: Buffer.alloc(0), stderr: Buffer.from('no such zone\n') };
const started = { ifNeeded: false };

/** Runs what is asked, noting where and which file or script it was about. */
function listening({ manager }: ManagedFixture, answer: CommandAnswer = () => undefined): string[] {
  const ran: string[] = [];
  manager.answerCommands((command) => {
    const { where, argv } = command;
    ran.push(`${where} ${argv[4] ?? 'wait'}`);
    return answer(command);
  });
  return ran;
}

const filesOf = ({ root }: ManagedFixture) =>
  existsSync(join(root, 'first-boots')) ? readdirSync(join(root, 'first-boots')) : [];
const journalOf = ({ managed }: ManagedFixture) =>
  [...managed.domain.journal.read()]
    .filter(({ type }) => type === 'first-boot')
    .map(({ details }) => details);
const bootOf = async ({ machines }: ManagedFixture, name: string) => (await machines.info(name)).firstBoot;

const FOLDER = '/var/lib/tsmachine/first-boot/runcmd';
const allSteps = [
  'before Europe/Berlin',
  'before root',
  'inside wait',
  `inside ${FOLDER}`,
  `inside ${FOLDER}`,
];

async function made(): Promise<ManagedFixture> {
  const fixture = makeManaged();
  await fixture.machines.create(request('web'));
  return fixture;
}

describe("a first boot of a manager's machine", () => {
  it('is carried out at the first start, files before its init, and never again', async () => {
    const fixture = await made();
    const { machines, manager } = fixture;
    expect(await bootOf(fixture, 'web')).toEqual({ left: 5, failures: [] });
    const text = readFileSync(manager.places.settings('web'), 'utf8');
    expect(text).toContain('Hostname=first');
    expect(text).toContain('Timezone=off');
    expect(text).not.toContain(KEY);
    const ran = listening(fixture);
    await machines.start('web', started);
    expect(ran).toEqual(allSteps);
    expect(manager.calls.filter((call) => /^(withoutInit|start) /.test(call))).toEqual([
      'withoutInit web',
      'start web',
    ]);
    expect(await bootOf(fixture, 'web')).toEqual({ left: 0, failures: [] });
    expect(journalOf(fixture)).toEqual([{ backend: 'nspawn' }]);
    await machines.restart('web', { timeoutSeconds: 5 });
    expect(ran).toEqual(allSteps);
    // Hashes of passwords may have been in it.
    const [file = ''] = filesOf(fixture);
    expect(readFileSync(join(fixture.root, 'first-boots', file), 'utf8')).not.toContain(KEY);
  });

  it('is in the plan while it is pending, by names alone: files before its init, the rest after it', async () => {
    const { machines } = await made();
    const planned = async () =>
      (await machines.plan('web'))
        .filter(({ section, operation }) => section === 'inside' && operation !== 'mount')
        .map(({ operation, arguments: words }) => (operation === 'exec' ? 'init' : words.join(' ')));
    expect(await planned()).toEqual([
      'before-init time zone',
      'before-init ssh keys of root',
      'init',
      'after-boot boot',
      'after-boot file /var/lib/tsmachine/first-boot/runcmd',
      'after-boot runcmd',
    ]);
    await machines.start('web', started);
    expect(await planned()).toEqual(['init']);
  });

  it('that only changes files is done with before init, and told', async () => {
    const fixture = makeManaged();
    const onlyKeys = { text: undefined, settings: { ssh_authorized_keys: KEY } };
    await fixture.machines.create(request('web', { userData: onlyKeys }));
    await fixture.machines.start('web', started);
    expect(await bootOf(fixture, 'web')).toEqual({ left: 0, failures: [] });
    expect(journalOf(fixture)).toHaveLength(1);
  });

  it('tells what failed, and does the rest', async () => {
    const fixture = await made();
    const ran = listening(fixture, ({ argv }) => (argv.includes('Europe/Berlin') ? failing : undefined));
    const error = await caught(() => fixture.machines.start('web', started));
    expect(error).toMatchObject({
      code: 'failed',
      message: expect.stringContaining('time zone: exit code 3, no such zone'),
    });
    expect(ran).toEqual(allSteps);
    expect(journalOf(fixture)).toEqual([
      { backend: 'nspawn', failures: 'time zone: exit code 3, no such zone' },
    ]);
    expect((await bootOf(fixture, 'web'))?.failures).toHaveLength(1);
  });

  it('that broke off before init goes on in the next start, which was none yet', async () => {
    const fixture = await made();
    const { machines } = fixture;
    listening(fixture, ({ argv }) => {
      if (argv.includes('root')) throw new Error('it died');
      return undefined;
    });
    expect((await caught(() => machines.start('web', started))).message).toContain('broke off: it died');
    expect((await machines.info('web')).state).toBe('stopped');
    const ran = listening(fixture);
    await machines.start('web', started);
    expect(ran).toEqual(allSteps.slice(1));
  });

  it('that broke off after init goes on too, by a start of what runs', async () => {
    const fixture = await made();
    const { machines } = fixture;
    listening(fixture, ({ where }) => {
      if (where === 'inside') throw new Error('it died');
      return undefined;
    });
    expect((await caught(() => machines.start('web', started))).message).toContain('broke off: it died');
    const ran = listening(fixture);
    expect(await machines.start('web', started)).toBe(false);
    expect(ran).toEqual(allSteps.slice(2));
    expect((await caught(() => machines.start('web', started))).code).toBe('wrong-state');
  });

  it('is pending where somebody else started the machine: exec says so, and start does all of it inside', async () => {
    const fixture = await made();
    const { machines, manager, managed } = fixture;
    const warnings: string[] = [];
    Object.assign(managed, { warn: (text: string) => warnings.push(text) });
    await manager.life.start('web');
    expect(await bootOf(fixture, 'web')).toEqual({ left: 5, failures: [] });
    await machines.exec('web', execRequest(['true']));
    expect(warnings).toEqual([expect.stringContaining('first boot of web is not done yet')]);
    const ran = listening(fixture);
    expect(await machines.start('web', started)).toBe(false);
    expect(ran).toEqual(allSteps.map((step) => step.replace('before', 'inside')));
    expect(await bootOf(fixture, 'web')).toEqual({ left: 0, failures: [] });
  });

  it('is done by one command at a time', async () => {
    const fixture = await made();
    const { machines, manager } = fixture;
    await manager.life.start('web');
    let second: unknown;
    listening(fixture, async () => {
      second ??= await caught(() => machines.start('web', started));
      return undefined;
    });
    await machines.start('web', started);
    expect(second).toMatchObject({ code: 'busy', message: expect.stringContaining('first boot') });
  });

  it('goes along with a rename and the trash; a clone has none of it, and what goes for good leaves none', async () => {
    const fixture = await made();
    const { machines } = fixture;
    await machines.rename('web', 'shop');
    await machines.clone('shop', 'copy', { keepIdentity: false, ...work });
    expect(await bootOf(fixture, 'copy')).toBeNull();
    await machines.destroy('shop', { force: false, now: false });
    await machines.undo(work);
    expect(await bootOf(fixture, 'shop')).toEqual({ left: 5, failures: [] });
    expect(filesOf(fixture)).toHaveLength(1);
    await machines.destroy('copy', { force: false, now: true });
    expect(filesOf(fixture)).toHaveLength(1);
    await machines.destroy('shop', { force: false, now: false });
    await machines.emptyTrash(undefined);
    expect(filesOf(fixture)).toEqual([]);
  });

  it('is not done again after a restore', async () => {
    const fixture = await made();
    const { machines } = fixture;
    await machines.snapshot('web', snapshotRequest('fresh'));
    await machines.start('web', started);
    await machines.stop('web', { timeoutSeconds: 5 });
    await machines.restore('web', 'fresh', work);
    const ran = listening(fixture);
    await machines.start('web', started);
    expect(ran).toEqual([]);
    expect(await bootOf(fixture, 'web')).toEqual({ left: 0, failures: [] });
  });

  it('of a machine that others removed goes with a later create', async () => {
    const fixture = await made();
    const { machines, manager, root } = fixture;
    await manager.images.remove('web', work);
    const [stray = ''] = filesOf(fixture);
    utimesSync(join(root, 'first-boots', stray), 0, 0);
    await machines.create(request('next'));
    expect(filesOf(fixture)).toHaveLength(1);
    expect(filesOf(fixture)).not.toContain(stray);
  });

  it('leaves nothing where the machine is not made, and is not taken from a key that is none', async () => {
    const fixture = makeManaged();
    const { machines, manager } = fixture;
    const wrong = { text: '#cloud-config\nntp: {}\n', settings: {} };
    expect((await caught(() => machines.create(request('web', { userData: wrong })))).code).toBe('usage');
    manager.failNext('copyTree', new Error('the disk is full'));
    manager.failNext('writeSettings', new Error('the disk is full'));
    await caught(() => machines.create(request('web')));
    expect(filesOf(fixture)).toEqual([]);
    manager.putImage('odd');
    writeFileSync(manager.places.settings('odd'), '[X-Tsmachine]\nFirstBoot=../../machines/x\n');
    expect(await bootOf(fixture, 'odd')).toBeNull();
  });

  it('is done before the command of a run', async () => {
    const fixture = makeManaged();
    const ran = listening(fixture);
    const command = execRequest(['sh', '-c', 'x', 'sh', 'own']);
    await fixture.machines.run({ ...request('once'), command });
    expect(ran).toEqual([...allSteps, 'inside own']);
    expect(filesOf(fixture)).toEqual([]);
  });
});
