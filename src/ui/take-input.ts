/** What becomes of keys, pasted text and the mouse that no console has taken. */
import type { Consoles } from './consoles/consoles.ts';
import type { Store } from './store/store.ts';
import type { Input } from './terminal/input.ts';

export function takeInput(
  input: Input,
  { store, consoles }: { readonly store: Store; readonly consoles: Pick<Consoles, 'mouse'> },
  setWatched: (watched: boolean) => void,
): void {
  switch (input.type) {
    case 'key':
      store.press(input.key);
      break;
    case 'paste':
      // Into a form or a filter; a line's end in it must not send it.
      for (const text of input.text.replace(/[\r\n]+/g, ' ')) store.press({ name: text, text });
      break;
    case 'focus':
      setWatched(input.focused);
      break;
    case 'mouse':
      if (store.state().dialogs.length === 0 && consoles.mouse(input.report)) break;
      if (input.mouse.action === 'wheel-up') store.press({ name: 'up', text: '' });
      if (input.mouse.action === 'wheel-down') store.press({ name: 'down', text: '' });
      break;
  }
}
