/** What a console's output is recorded to, if it is. A recording that cannot go on, as on a full disk, ends: the console does not. */
import type { Recording } from '../../terminal/asciicast.ts';

export interface Recorder {
  /** Ends the one before. @param onFailure it has ended by itself */
  readonly set: (recording: Recording, onFailure: (error: unknown) => void) => void;
  readonly output: (bytes: Uint8Array) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly end: () => void;
}

interface Running {
  readonly recording: Recording;
  readonly onFailure: (error: unknown) => void;
}

export function createRecorder(): Recorder {
  let running: Running | undefined;
  const end = (): void => {
    const ended = running;
    running = undefined;
    attempt(ended, ({ recording }) => recording.close());
  };
  const tell = (deed: (recording: Recording) => void): void => {
    if (attempt(running, ({ recording }) => deed(recording))) end();
  };
  return {
    set: (recording, onFailure) => {
      end();
      running = { recording, onFailure };
    },
    output: (bytes) => tell((recording) => recording.output(bytes)),
    resize: (columns, rows) => tell((recording) => recording.resize(columns, rows)),
    end,
  };
}

/** True if it failed. */
function attempt(running: Running | undefined, deed: (running: Running) => void): boolean {
  if (running === undefined) return false;
  try {
    deed(running);
    return false;
  } catch (error) {
    running.onFailure(error);
    return true;
  }
}
