import { describe, expect, it } from 'vitest';
import { applySettings, printSettings } from '../../../src/machines/keys/config-keys.ts';
import { exampleConfig } from '../../fakes/machine-config.ts';
import { caught } from '../caught.ts';

const set = (key: string, value: string) => applySettings(exampleConfig, { [key]: value });

describe('pressure thresholds', () => {
  it.each([
    ['some 150ms/1s', 'some 150ms/1s'],
    ['full 0.5s / 2s', 'full 500ms/2s'],
    ['some 150000 1000000', 'some 150ms/1s'],
    ['some 1us/500ms', 'some 1us/500ms'],
    ['some 10s/10s', 'some 10s/10s'],
    ['never', 'never'],
    ['', 'never'],
  ])('%j is %s', (written, printed) => {
    expect(printSettings(set('pressure.io', written))['pressure.io']).toBe(printed);
  });

  it.each([
    'some',
    '150ms/1s',
    'most 150ms/1s',
    'some 150ms',
    'some 2s/1s',
    'some 0ms/1s',
    'some 100ms/400ms',
    'some 1s/11s',
    'some 1.2.3s/4s',
    'some 15%/1s',
    'some 150/1s',
  ])('%j is refused, with what is allowed', async (written) => {
    expect(await caught(() => set('pressure.cpu', written))).toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('some 300ms/2s'),
    });
  });

  it('leave nothing behind when the last one goes', () => {
    expect(applySettings(set('pressure.io', 'some 150ms/1s'), { 'pressure.io': 'never' })).toEqual(
      exampleConfig,
    );
  });
});

describe('on-oom', () => {
  it('is ignore unless set, and again when it is taken away', () => {
    expect(printSettings(exampleConfig)['on-oom']).toBe('ignore');
    expect(printSettings(set('on-oom', 'freeze'))['on-oom']).toBe('freeze');
    expect(applySettings(set('on-oom', 'freeze'), { 'on-oom': '' })).toEqual(exampleConfig);
  });

  it('is one of four words', async () => {
    expect((await caught(() => set('on-oom', 'reboot'))).hint).toContain('restart, stop, freeze, ignore');
  });
});
