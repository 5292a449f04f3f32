/** Each storage driver: whether machines can be made with it below the root folder. */
import type { Finding } from '../../backend.ts';
import { examineBtrfs } from '../storage/btrfs/examine-btrfs.ts';
import { examineCopies } from '../storage/dir/examine-copies.ts';
import type { Fitness } from '../storage/driver.ts';
import { examineOverlay } from '../storage/overlay/examine-overlay.ts';
import type { Examination } from './context.ts';

export async function examineStorage({ root }: Examination): Promise<readonly Finding[]> {
  return [
    describe('overlay', await examineOverlay(root), 'problem'),
    describe('btrfs', await examineBtrfs(root), 'note'),
    describe('dir', await examineCopies(root), 'problem'),
  ];
}

function describe(driver: string, fitness: Fitness, verdict: 'note' | 'problem'): Finding {
  const subject = `storage ${driver}`;
  return fitness.works
    ? { subject, verdict: 'ok', detail: fitness.detail }
    : { subject, verdict, detail: fitness.detail, fix: fitness.fix };
}
