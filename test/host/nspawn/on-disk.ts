/** What machines of machined are on disk, and the least machine that can be made. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from '../../fakes/deeds.ts';
import { busyboxFolder } from '../../setup/test-run.ts';

export const POOL = '/var/lib/machines';
export const SETTINGS = '/etc/systemd/nspawn';
export const busybox = join(busyboxFolder(), 'busybox');

export const tiny = (name: string | undefined, settings: Readonly<Record<string, string>> = {}) =>
  request(name, { templateOptions: { busybox }, settings });

/** Names of images, hidden ones of ours too. */
export const pool = () =>
  readdirSync(POOL)
    .filter((name) => !name.startsWith('.#'))
    .sort();

export const fileOf = (image: string, path: string) => readFileSync(join(POOL, image, path), 'utf8');
export const settingsOf = (name: string) => readFileSync(join(SETTINGS, `${name}.nspawn`), 'utf8');
