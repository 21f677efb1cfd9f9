/** A row as a table has it. */
export interface ModelRow<V> {
  readonly value: V;
  readonly timestamp: number;
}

/** A record as the model writes it: everything in it as text. */
export interface Line {
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

/** What one task keeps under one name. */
export class ModelStore<V> {
  readonly rows = new Map<string, ModelRow<V>>();
  /** What its changelog gets: each changed row once a transaction, in order of the last write. */
  readonly changelog: Line[] = [];
  readonly #changed = new Map<string, Line>();

  get(key: string): ModelRow<V> | undefined {
    return this.rows.get(key);
  }

  put(key: string, value: V, timestamp: number): void {
    this.rows.set(key, { value, timestamp });
    this.#note({ key, value: textOf(value), timestamp });
  }

  /** @param timestamp - Of what caused it. */
  delete(key: string, timestamp: number): void {
    this.rows.delete(key);
    this.#note({ key, value: null, timestamp });
  }

  commit(): void {
    this.changelog.push(...this.#changed.values());
    this.#changed.clear();
  }

  #note(line: Line): void {
    const key = String(line.key);
    this.#changed.delete(key);
    this.#changed.set(key, line);
  }
}

/** How values are compared: strings as they are, others as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
