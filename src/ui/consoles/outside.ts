/** What consoles need of files and processes, which the ui itself never touches: given by cli.ts. */
import type { ConsoleConnection } from '../../backends/backend.ts';
import type { Recording } from '../../terminal/asciicast.ts';
import type { CastFile } from '../../terminal/asciicast-file.ts';
import type { RecordingFile } from '../../terminal/recordings.ts';
import type { EmulatorSize } from './emulator.ts';

export interface Outside {
  /** A login shell in the machine. */
  readonly openShell: (name: string, size: EmulatorSize) => Promise<ConsoleConnection>;
  /** Into a new file. Throws if that cannot be made. */
  readonly record: (
    name: string,
    size: EmulatorSize,
  ) => { readonly recording: Recording; readonly path: string };
  /** Those in the folder where records are made, the newest first. */
  readonly recordings: () => Promise<readonly RecordingFile[]>;
  /** Throws if it is none. */
  readonly openRecording: (path: string) => Promise<CastFile>;
  /** Words of tsmachine, on this terminal. Resolves when the command has ended. */
  readonly runHere: (words: readonly string[]) => Promise<void>;
  /** The same; what it printed stays until somebody has read it. */
  readonly runHereToRead: (words: readonly string[]) => Promise<void>;
}
