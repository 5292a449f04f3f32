/** The folder of the images (inotify): machined tells nobody of images that come and go. */
import { watch } from 'node:fs';

const IMAGES = '/var/lib/machines';
/** A clone makes several changes of it; more than one word for them is of no use. In milliseconds. */
const TOGETHER_MS = 50;

/** A folder that is not there, or cannot be watched, does not ring. */
export function watchImages(changed: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const ring = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed();
    }, TOGETHER_MS);
  };
  try {
    const watcher = watch(IMAGES, ring);
    watcher.on('error', () => watcher.close());
    return {
      close: () => {
        clearTimeout(timer);
        watcher.close();
      },
    };
  } catch {
    return { close: () => {} };
  }
}
