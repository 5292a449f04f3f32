/** Disk limits of subvolumes, by quota groups: each subvolume has one of its own, 0/ID. */
import { dirname } from 'node:path';
import { BackendError } from '../../../backend.ts';
import { runTool } from '../tool.ts';

/** Bytes that a subvolume may refer to, what it shares with others included. 'max': no limit. */
export async function limitSubvolume(path: string, bytes: number | 'max'): Promise<void> {
  const limit = bytes === 'max' ? 'none' : String(bytes);
  const task = { action: 'limit the disk space of', path };
  const id = (await runTool('btrfs', ['inspect-internal', 'rootid', path], task)).trim();
  // By way of the folder that it lies in: asked for through a subvolume that is over its limit, the change itself is refused.
  const args = ['qgroup', 'limit', limit, `0/${id}`, dirname(path)];
  try {
    await runTool('btrfs', args, task);
  } catch (error) {
    if (await hasQuota(path)) throw error;
    if (bytes === 'max') return;
    await enableQuota(path);
    await runTool('btrfs', args, task);
  }
}

async function hasQuota(path: string): Promise<boolean> {
  return await succeeds(['qgroup', 'show', path], path);
}

/** Simple quotas (kernel and btrfs-progs 6.7) cost next to nothing; full ones slow down file systems with many snapshots. */
async function enableQuota(path: string): Promise<void> {
  if (await succeeds(['quota', 'enable', '--simple', path], path)) return;
  await runTool('btrfs', ['quota', 'enable', path], { action: 'turn on quotas for', path });
  // Until all is counted a limit would not hold.
  await runTool('btrfs', ['quota', 'rescan', '-w', path], { action: 'count what is used on', path });
}

async function succeeds(args: readonly string[], path: string): Promise<boolean> {
  try {
    await runTool('btrfs', args, { action: 'ask about quotas of', path });
    return true;
  } catch (error) {
    if (error instanceof BackendError && error.code === 'failed') return false;
    throw error;
  }
}
