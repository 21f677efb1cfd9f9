/** One figure, as `app.metrics()` lists it. */
export interface Metric {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Something that was counted. Kept and raised by who counts: a field, not a look-up. */
export interface Counter {
  value: number;
}

/** Counts that only rise, exact, by name and tags. They outlive the tasks that raise them. */
export class Counters {
  readonly #counters = new Map<string, { readonly metric: Omit<Metric, 'value'> } & Counter>();

  /** The counter of that name and tags, made when it is first asked for. */
  counter(name: string, tags: Readonly<Record<string, string>> = {}): Counter {
    const key = JSON.stringify([name, ...Object.entries(tags).sort()]);
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = { metric: { name, tags }, value: 0 };
      this.#counters.set(key, counter);
    }
    return counter;
  }

  snapshot(): readonly Metric[] {
    return [...this.#counters.values()].map(({ metric, value }) => ({ ...metric, value }));
  }
}
