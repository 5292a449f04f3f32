import { describe, expect, it } from 'vitest';
import { parseEntry } from '../../../../src/backends/nspawn/events/past.ts';

const started = '24d8d4452573402496068381a6312df2';
const stopped = '58432bd3bace477cb514b56381b8a758';
const restarting = '5eb03494b6584870a536b337290809b3';
const startFailed = 'be02cf6855d2428ba40df7e9d022f03d';

const entry = (fields: object) => JSON.stringify({ __REALTIME_TIMESTAMP: '1700000000123456', ...fields });

describe("an entry of the host's journal", () => {
  it('is a start or an end of a machine', () => {
    expect(parseEntry(entry({ MESSAGE_ID: started, NAME: 'web', LEADER: '42' }))).toEqual({
      type: 'started',
      name: 'web',
      pid: 42,
      at: 1_700_000_000_123,
    });
    expect(parseEntry(entry({ MESSAGE_ID: stopped, NAME: 'web', LEADER: '42' }))).toEqual({
      type: 'stopped',
      name: 'web',
      exit: undefined,
      at: 1_700_000_000_123,
    });
  });

  it('is a restart of the unit of a machine, or a start of it that failed, and of no other unit', () => {
    const of = (UNIT: string, MESSAGE_ID = restarting) => entry({ MESSAGE_ID, UNIT });
    const restart = { type: 'restarting', name: 'web', at: 1_700_000_000_123 };
    expect(parseEntry(of('systemd-nspawn@web.service'))).toEqual(restart);
    const unit = 'systemd-nspawn@web.service';
    expect(parseEntry(of(unit, startFailed))).toEqual({ ...restart, type: 'start-failed' });
    expect(parseEntry(of('ssh.service'))).toBeUndefined();
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['another message', entry({ MESSAGE_ID: 'x', NAME: 'web' })],
    ['a name of bytes', entry({ MESSAGE_ID: started, NAME: [1, 2] })],
    ['no time', JSON.stringify({ MESSAGE_ID: started, NAME: 'web' })],
  ])('that is %s is left out', (_, line) => {
    expect(parseEntry(line)).toBeUndefined();
  });
});
