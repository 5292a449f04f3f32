/** How far a copy is: the kernel counts what a process writes, copy_file_range(2) too; nothing else tells of one large file. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How often a person wants to hear of a copy. */
const EVERY_MS = 200;

/** Tells now and then how many bytes a process has written so far, the first time at once. Returns what ends it. */
export function watchWritten(child: ChildProcess, onWritten: (bytes: number) => void): () => void {
  onWritten(0);
  const timer = setInterval(() => onWritten(writtenBy(child.pid)), EVERY_MS);
  return () => clearInterval(timer);
}

/** wchar of proc_pid_io(5). */
function writtenBy(pid: number | undefined): number {
  try {
    return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
  } catch {
    // It has ended.
    return 0;
  }
}
