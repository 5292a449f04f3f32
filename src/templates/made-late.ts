import type { Template } from './template.ts';

type Making = Pick<Template, 'imageKey' | 'build'>;

/** What makes an image is loaded by who makes such machines, and not at the start of every command. */
export function madeLate(load: () => Promise<Making>): Making {
  return {
    imageKey: async (context) => (await load()).imageKey(context),
    build: async (context, target) => (await load()).build(context, target),
  };
}
