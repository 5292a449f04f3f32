/** What a person types behind `/`: words that must fit a name, and conditions such as `state:running` or `mem>100M`. Pure. */
import fuzzysort from 'fuzzysort';
import type { GroupSample } from '../../backends/usage.ts';
import type { MachineSummary } from '../../machines/machines.ts';

export type Filter = (machine: MachineSummary, sample: GroupSample | undefined) => boolean;

type Amount = (machine: MachineSummary, sample: GroupSample | undefined) => number | null | undefined;

const amounts: Readonly<Record<string, Amount>> = {
  mem: (machine, sample) => sample?.usage.memory.bytes ?? machine.memoryBytes,
  cpu: (_, sample) => multiplied(sample?.usage.cpu.cores, 100),
  tasks: (machine, sample) => sample?.usage.tasks.count ?? machine.tasks,
  snapshots: (machine) => machine.snapshots,
};

const words: Readonly<Record<string, (machine: MachineSummary) => string>> = {
  state: ({ state }) => state,
  template: ({ template }) => template,
  backend: ({ backend }) => backend,
  name: ({ name }) => name,
};

const units: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4, '%': 1 };

const conditionForm = /^(\w+)([:<>=])(.*)$/;
const amountForm = /^([\d.]+)([kmgt%]?)b?$/i;

/** What is not understood yet, as while it is typed, lets everything through. */
export function parseFilter(text: string): Filter {
  const conditions = text.trim().split(/\s+/).filter(Boolean).map(condition);
  return (machine, sample) => conditions.every((holds) => holds(machine, sample));
}

/** The first word that looks like a condition and is none; undefined if all is understood. */
export function filterFault(text: string): string | undefined {
  return text
    .trim()
    .split(/\s+/)
    .find((word) => {
      const [, subject = '', operator = '', value = ''] = conditionForm.exec(word) ?? [];
      if (operator === '') return false;
      const isAmount = amounts[subject] !== undefined && operator !== ':';
      const isWord = words[subject] !== undefined && operator !== '<' && operator !== '>';
      return !(isAmount ? amountForm.test(value) : isWord);
    });
}

function condition(word: string): Filter {
  const [, subject = '', operator = '', value = ''] = conditionForm.exec(word) ?? [];
  const amount = amounts[subject];
  if (amount !== undefined && operator !== ':') return amountCondition(amount, operator, value);
  const read = words[subject];
  if (read !== undefined && (operator === ':' || operator === '=')) {
    return (machine) => value.split(',').some((part) => read(machine).startsWith(part.toLowerCase()));
  }
  return ({ name }) => fuzzysort.single(word, name) !== null;
}

function amountCondition(amount: Amount, operator: string, value: string): Filter {
  const [, digits, unit = ''] = amountForm.exec(value) ?? [];
  if (digits === undefined) return () => true;
  const limit = Number(digits) * (units[unit.toLowerCase()] ?? 1);
  return (machine, sample) => {
    const is = amount(machine, sample);
    if (is === null || is === undefined) return false;
    return operator === '>' ? is > limit : operator === '<' ? is < limit : is === limit;
  };
}

function multiplied(value: number | null | undefined, by: number): number | null {
  return value === null || value === undefined ? null : value * by;
}
