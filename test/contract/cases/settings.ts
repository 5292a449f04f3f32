/** How machines are set: stored, and live. */
import { expect } from 'vitest';
import { casesOf } from '../case.ts';
import type { World } from '../world.ts';

/** What only some backends have a word for. */
const special: Readonly<Record<string, string>> = {
  nesting: 'true',
  'console.log-size': '64K',
  'memory.oom.group': 'true',
  'cpu.max.burst': '1000',
  'on-oom': 'restart',
  'restart.policy': 'on-failure',
};

export const settingsCases = [
  ...casesOf('config', {
    'reads all settings, and stores what is changed': async ({ machines, make }) => {
      const name = await make();
      expect(await machines.settings(name)).toMatchObject({ 'pids.max': expect.any(String) });
      await machines.changeSettings(name, { 'cpu.weight': '200', 'memory.max': '64M' });
      expect(await machines.settings(name)).toMatchObject({ 'cpu.weight': '200', 'memory.max': '64M' });
    },
    'refuses a value that is none, and changes nothing': async ({ machines, make }) => {
      const name = await make();
      const changes = { 'cpu.weight': '200', 'memory.max': 'much' };
      await expect(machines.changeSettings(name, changes)).rejects.toMatchObject({ code: 'usage' });
      expect(await machines.settings(name)).not.toMatchObject({ 'cpu.weight': '200' });
    },
    'takes a host name': async ({ machines, make }) => {
      const name = await make();
      await machines.changeSettings(name, { hostname: 'other-name' });
      expect(await machines.settings(name)).toMatchObject({ hostname: 'other-name' });
    },
    'is edited as a whole, as it is stored': async ({ machines, make, withHostname }) => {
      const name = await make();
      await machines.replaceConfig(name, withHostname(await machines.configText(name), 'edited'));
      expect(await machines.readConfig(name)).toMatchObject({ hostname: 'edited' });
      await expect(machines.replaceConfig(name, 'no configuration')).rejects.toMatchObject({
        code: 'invalid-config',
      });
    },
    ...Object.fromEntries(
      Object.entries(special).map(([key, value]) => [
        `takes ${key}`,
        async ({ machines, make }: World) => {
          const name = await make();
          await machines.changeSettings(name, { [key]: value });
          expect(await machines.settings(name)).toMatchObject({ [key]: value });
        },
      ]),
    ),
  }),
  ...casesOf('set', {
    'changes limits of a machine that runs, and keeps them': async ({ machines, boot, halt }) => {
      const name = await boot();
      await machines.changeSettings(name, { 'cpu.weight': '200', 'pids.max': '99' });
      expect(await machines.settings(name)).toMatchObject({ 'cpu.weight': '200', 'pids.max': '99' });
      expect(await machines.info(name)).toMatchObject({ state: 'running' });
      await halt(name);
      expect(await machines.settings(name)).toMatchObject({ 'cpu.weight': '200', 'pids.max': '99' });
    },
    'limits memory of a machine that runs': async ({ machines, boot }) => {
      const name = await boot();
      await machines.changeSettings(name, { 'memory.max': '64M', 'memory.swap.max': '0' });
      expect(await machines.settings(name)).toMatchObject({ 'memory.max': '64M' });
    },
  }),
];
