import type { SubscriptionEvent } from '../../src/query/subscriptions/subscription-events.ts';

/** Reads a subscription at the test's pace. */
export class Reading<K, V> implements AsyncDisposable {
  readonly #iterator: AsyncIterator<SubscriptionEvent<K, V>>;

  constructor(events: AsyncIterable<SubscriptionEvent<K, V>>) {
    this.#iterator = events[Symbol.asyncIterator]();
  }

  /** @throws When there are no more, or none comes within ten seconds. */
  async next(): Promise<SubscriptionEvent<K, V>> {
    const step = await this.step();
    if (step.done === true) throw new Error('the subscription has ended');
    return step.value;
  }

  async step(): Promise<IteratorResult<SubscriptionEvent<K, V>>> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error('no event came')), maxWaitMs);
      cancel = () => clearTimeout(timer);
    });
    try {
      return await Promise.race([this.#iterator.next(), late]);
    } finally {
      cancel();
    }
  }

  /** The next events as short lines. */
  async lines(count: number): Promise<readonly string[]> {
    const lines: string[] = [];
    while (lines.length < count) lines.push(line(await this.next()));
    return lines;
  }

  async leave(): Promise<void> {
    await this.#iterator.return?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }
}

const maxWaitMs = 10_000;

/** `snapshot sun=1 moon=2`, `sun=3` or, for a row that is gone, `sun gone`. */
export function line<K, V>(event: SubscriptionEvent<K, V>): string {
  if (event.kind === 'snapshot') {
    return ['snapshot', ...event.rows.map(([key, { value }]) => `${name(key)}=${value}`)].join(' ');
  }
  return event.value === undefined
    ? `${name(event.key)} gone`
    : `${name(event.key)}=${event.value}`;
}

function name(key: unknown): string {
  const isWindowed = typeof key === 'object' && key !== null && 'key' in key && 'window' in key;
  return isWindowed ? `${key.key}@${JSON.stringify(key.window)}` : String(key);
}
