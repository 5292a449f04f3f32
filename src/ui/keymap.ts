/** Which key does what, standard or remapped. Pure. */
import { type Action, type Binding, bindings, type Place } from './keys.ts';

export type Keymap = (key: string, place: Place) => Action | undefined;

/** Keys by action, in place of the standard ones. */
export type Remapped = Readonly<Partial<Record<Action, readonly string[]>>>;

export function keysOf({ action, keys }: Binding, remapped: Remapped): readonly string[] {
  return remapped[action as Action] ?? keys;
}

export function createKeymap(remapped: Remapped = {}): Keymap {
  const table = new Map<string, Action>();
  for (const binding of bindings) {
    for (const key of remapped[binding.action] ?? binding.keys)
      table.set(`${binding.place} ${key}`, binding.action);
  }
  return (key, place) =>
    table.get(`${place} ${key}`) ??
    (place === 'charts' || place === 'snapshots' || place === 'changes' || place === 'replay'
      ? table.get(`detail ${key}`)
      : undefined) ??
    table.get(`everywhere ${key}`);
}

/** Keys that two actions of one place want: what settings are refused for. */
export function clashes(remapped: Remapped): readonly string[] {
  const owners = new Map<string, Action>();
  const found: string[] = [];
  for (const { action, keys, place } of bindings) {
    for (const key of remapped[action] ?? keys) {
      const owner = owners.get(`${place} ${key}`);
      if (owner !== undefined && owner !== action) found.push(`${key}: ${owner} and ${action} (${place})`);
      owners.set(`${place} ${key}`, action);
    }
  }
  return found;
}

export function bindingOf(action: Action): Binding {
  return bindings.find((binding) => binding.action === action) as Binding;
}
