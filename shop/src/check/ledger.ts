/** What is counted: one row of the report each. */
export type Group = string;

/** What one witness says: a number for each key of each group it knows. */
export class Ledger {
  readonly name: string;
  readonly #groups = new Map<Group, Map<string, number | string>>();

  constructor(name: string) {
    this.name = name;
  }

  get groups(): IterableIterator<Group> {
    return this.#groups.keys();
  }

  /** Says that the witness knows this group, even where it has no keys. */
  know(group: Group): Map<string, number | string> {
    const known = this.#groups.get(group) ?? new Map<string, number | string>();
    this.#groups.set(group, known);
    return known;
  }

  /** Undefined where the witness knows nothing of it. */
  entries(group: Group): ReadonlyMap<string, number | string> | undefined {
    return this.#groups.get(group);
  }

  add(group: Group, key: string, by: number): void {
    const entries = this.know(group);
    const before = entries.get(key);
    entries.set(key, (typeof before === 'number' ? before : 0) + by);
  }

  set(group: Group, key: string, value: number | string): void {
    this.know(group).set(key, value);
  }
}
