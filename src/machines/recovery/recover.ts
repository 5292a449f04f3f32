/** What a command that died left half done is settled, and the journal told. */
import { type Domain, type Outcome, record } from '../domain.ts';
import { type Intent, removeIntent } from '../store/intents.ts';

/** May be repeated. The caller holds the locks of all names of the intent. */
export async function recover(domain: Domain, intent: Intent): Promise<Outcome | undefined> {
  const outcome = await domain.leavings.settle(domain, intent);
  removeIntent(domain.paths, intent);
  if (outcome !== undefined) {
    const name = intent.operation === 'rename' ? intent.newName : intent.name;
    const entry = intent.operation === 'trash-restore' ? { entry: intent.entry } : {};
    record(domain, name, 'recovered', { operation: intent.operation, outcome, ...entry });
  }
  return outcome;
}
