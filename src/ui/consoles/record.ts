/** A console is recorded until it is asked for again, or ends. */
import { type ConsoleId, machineOf } from '../state/console-view.ts';
import { about } from '../state/show-consoles.ts';
import type { Store } from '../store/store.ts';
import type { OpenConsole } from './open-console.ts';
import type { Outside } from './outside.ts';

export function toggleRecording(
  store: Store,
  { record }: Pick<Outside, 'record'>,
  id: ConsoleId,
  session: OpenConsole,
): void {
  const path = store.state().view.about.get(id)?.recording;
  if (path !== undefined) {
    session.recorder.end();
    store.update((state) => about(state, id, { recording: undefined }));
    say(store, 'done', `recorded: ${path}`);
    return;
  }
  try {
    const begun = record(machineOf(id), session.size());
    store.update((state) => about(state, id, { recording: begun.path }));
    say(store, 'hint', `recording to ${begun.path}; ${store.state().leader.label} r ends it`);
    session.recorder.set(begun.recording, (error) => {
      store.update((state) => about(state, id, { recording: undefined }));
      say(
        store,
        'failed',
        `the recording has ended: ${messageOf(error)}; what came before is in ${begun.path}`,
      );
    });
  } catch (error) {
    say(store, 'failed', `no recording: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function say(store: Store, kind: 'done' | 'failed' | 'hint', text: string): void {
  store.tell({ type: 'notice', notice: { kind, text, command: undefined } });
}
