import type { Finding } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { surplusEntries } from '../trash/bounds.ts';

/** The next destroy takes what is over the bounds; until then it takes its space. */
export async function examineTrash(domain: Domain): Promise<readonly Finding[]> {
  const surplus = await surplusEntries(domain, Date.now());
  if (surplus.length === 0) return [];
  const entries = surplus.map(({ entry }) => entry).join(' ');
  return [
    {
      subject: 'trash',
      verdict: 'note',
      detail: `it is over its bounds, and the next destroy removes ${surplus.length} of it`,
      fix: `tsmachine trash empty ${entries}`,
    },
  ];
}
