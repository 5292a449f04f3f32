/** A template that makes one file. It is a fake: no machine boots from it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from '../../src/templates/template.ts';

export interface FakeTemplate extends Template {
  /** How often it was built. */
  readonly builds: () => number;
  /** Runs in the middle of every build. */
  onBuild: (signal: AbortSignal) => void | Promise<void>;
}

export function createFakeTemplate(): FakeTemplate {
  let builds = 0;
  const template: FakeTemplate = {
    name: 'tiny',
    summary: 'one file',
    options: [{ name: 'greeting', description: 'what the file says', default: 'hello' }],
    defaults: {
      init: {
        argv: ['/sbin/init'],
        environment: { PATH: '/bin' },
        workingDirectory: '/',
        user: { uid: 0, gid: 0, groups: [] },
      },
      signals: { halt: 'SIGUSR2', reboot: 'SIGTERM' },
    },
    builds: () => builds,
    onBuild: () => {},
    imageKey: async ({ options }) => `tiny-${options['greeting']}`,
    async build({ options, signal }, target) {
      builds += 1;
      await template.onBuild(signal);
      writeFileSync(join(target, 'greeting'), options['greeting'] ?? '');
    },
  };
  return template;
}
