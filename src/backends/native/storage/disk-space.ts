import { runTool } from './tool.ts';

/** Bytes on disk of a directory with all that is in it, hard links counted once: what du(1) counts. */
export async function bytesOf(path: string): Promise<number> {
  const output = await runTool('du', ['--summarize', '--block-size=1', '--', path], {
    action: 'count the bytes of',
    path,
  });
  return Number.parseInt(output, 10);
}
