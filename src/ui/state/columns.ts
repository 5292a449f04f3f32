/** The columns of the list, name and state apart, which are always there. */
export const columnNames = [
  'cpu',
  'memory',
  'tasks',
  'pressure',
  'lately',
  'address',
  'throttled',
  'read',
  'write',
  'received',
  'sent',
  'snapshots',
  'template',
] as const;
export type ColumnName = (typeof columnNames)[number];

/** What each tells, for whoever chooses. */
export const columnMeanings: Readonly<Record<ColumnName, string>> = {
  cpu: 'processor time: 100% is one processor',
  memory: 'memory, cache of files included',
  tasks: 'processes and threads',
  pressure: 'time in which some of it waited',
  lately: 'processor time of the last samples',
  address: 'its first address',
  throttled: 'time in which cpu.max held it back',
  read: 'bytes a second read from disks',
  write: 'bytes a second written to disks',
  received: 'bytes a second from the network',
  sent: 'bytes a second to the network',
  snapshots: 'how many snapshots it has',
  template: 'what it was made from',
};

export const standardColumns: readonly ColumnName[] = columnNames.slice(0, 6);

/** Those that are chosen anew come last: so their order can be chosen as well. */
export function toggled(chosen: readonly ColumnName[], name: ColumnName): readonly ColumnName[] {
  return chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
}
