/** What becomes of keys, pasted text and the mouse that no console has taken. */
import type { Consoles } from './consoles/consoles.ts';
import type { Dialog } from './dialogs/dialog.ts';
import { clicked } from './state/click.ts';
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
      if (!takesText(store.state().dialogs.at(-1))) break;
      // A line's end in it must not send it.
      for (const text of input.text.replace(/\p{Cc}+/gu, ' ')) store.press({ name: text, text });
      break;
    case 'focus':
      setWatched(input.focused);
      break;
    case 'mouse':
      if (store.state().dialogs.length === 0) {
        if (consoles.mouse(input.report)) break;
        if (input.mouse.action === 'press') {
          store.update((state) => clicked(state, input.mouse, performance.now()));
        }
      }
      if (input.mouse.action === 'wheel-up') store.press({ name: 'up', text: '' });
      if (input.mouse.action === 'wheel-down') store.press({ name: 'down', text: '' });
      break;
  }
}

/** Anywhere else its letters would be keys, each of which does something to machines. */
function takesText(dialog: Dialog | undefined): boolean {
  switch (dialog?.kind) {
    case 'form':
    case 'palette':
    case 'filter':
      return true;
    case 'confirm':
      return dialog.wanted !== undefined;
    case 'help':
      return dialog.typing;
    default:
      return false;
  }
}
