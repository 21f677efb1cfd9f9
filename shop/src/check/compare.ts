import type { Ledger } from './ledger.ts';

/** How the witnesses' numbers of one group compare. */
export interface GroupReport {
  readonly group: string;
  readonly keys: number;
  /** By witness; undefined for one that knows nothing of the group. */
  readonly sums: Readonly<Record<string, number | undefined>>;
  readonly wrong: number;
  /** The first differences, one line each. */
  readonly samples: readonly string[];
}

/** Compares each witness with the first one, number by number. A missing number is a 0. */
export function compare(ledgers: readonly Ledger[]): readonly GroupReport[] {
  const groups = new Set(ledgers.flatMap((ledger) => [...ledger.groups]));
  return [...groups].map((group) => compareGroup(group, ledgers));
}

function compareGroup(group: string, ledgers: readonly Ledger[]): GroupReport {
  const knowing = ledgers.filter((ledger) => ledger.entries(group) !== undefined);
  const [truth] = knowing;
  const keys = new Set(knowing.flatMap((ledger) => [...(ledger.entries(group)?.keys() ?? [])]));
  const samples: string[] = [];
  let wrong = 0;
  for (const key of keys) {
    const expected = truth?.entries(group)?.get(key) ?? 0;
    const others = knowing.filter((ledger) => (ledger.entries(group)?.get(key) ?? 0) !== expected);
    if (others.length === 0) continue;
    wrong++;
    if (samples.length >= maxSamples) continue;
    const said = [truth, ...others].map(
      (one) => `${one?.name} ${one?.entries(group)?.get(key) ?? 0}`,
    );
    samples.push(`${group} of ${key}: ${said.join(', ')}`);
  }
  const sums = Object.fromEntries(
    ledgers.map((ledger) => [ledger.name, sumOf(ledger.entries(group))]),
  );
  return { group, keys: keys.size, sums, wrong, samples };
}

const maxSamples = 5;

/** A text counts as one: its sum is a number of rows. */
function sumOf(entries: ReadonlyMap<string, number | string> | undefined): number | undefined {
  if (entries === undefined) return undefined;
  return [...entries.values()].reduce<number>(
    (sum, value) => sum + (typeof value === 'number' ? value : 1),
    0,
  );
}
