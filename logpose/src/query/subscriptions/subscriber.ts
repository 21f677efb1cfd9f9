import { must } from '../../base/assert.ts';
import type { Surroundings } from '../../base/clock.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { DecodeError } from '../../errors/record-errors.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import { showPosition } from '../../errors/record-position.ts';
import { Signal } from '../../runtime/worker/signal.ts';
import type { StorePosition } from '../answer.ts';
import type { RoutedStore } from '../routed-store.ts';
import type { EncodedRow } from '../store-peer.ts';
import type { TypedRows } from '../typed-rows.ts';
import { ChangeBuffer } from './change-buffer.ts';
import { type Changelog, rangesOf, readChangelog } from './changelog.ts';
import type { ChangelogTail, TailReader } from './changelog-tail.ts';
import { gap, type RowChange } from './row-change.ts';
import type { RowFilter } from './row-filter.ts';
import { placeOf, type RowKeyCodec } from './row-places.ts';
import { partitionSnapshot } from './snapshot.ts';
import type { SubscriptionEvent } from './subscription-events.ts';

/** What a subscriber is made with. */
export interface SubscriberParts<K, V, RK> {
  readonly surroundings: Surroundings;
  readonly store: RoutedStore;
  readonly changelog: Changelog;
  readonly tail: ChangelogTail;
  readonly filter: RowFilter;
  readonly codec: RowKeyCodec<RK>;
  readonly rows: TypedRows<K, V>;
  readonly from: StorePosition | undefined;
  readonly maxBuffered: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What keeps what a store without timestamps has no time for. */
const noTimestamp = -1;

/**
 * One reader of a store's changes, in one of three phases:
 *
 * - *snapshot*: the rows as they are at some offsets of the changelog;
 * - *catching up*: reading the changelog from there, at its own pace;
 * - *live*: being handed what the shared tail reads, which begins when it has caught up with it.
 *
 * A reader too slow for its buffer goes back to catching up, one that has missed what the changelog
 * has no more, to a snapshot.
 */
export class Subscriber<K, V, RK> implements TailReader {
  readonly partitions: readonly number[];
  readonly only: string | undefined;
  readonly wants: (order: string) => boolean;
  readonly #parts: SubscriberParts<K, V, RK>;
  readonly #buffer: ChangeBuffer;
  readonly #news: Signal;
  /** By partition: everything before this offset has been handed out. */
  #next = new Map<number, number>();
  #isLive = false;
  #failure: { readonly error: unknown } | undefined = undefined;

  constructor(parts: SubscriberParts<K, V, RK>) {
    const { filter, changelog, maxBuffered, surroundings } = parts;
    this.#parts = parts;
    this.partitions = filter.partitions(changelog.partitions);
    this.only = filter.onlyOrder;
    this.wants = filter.wants;
    this.#buffer = new ChangeBuffer(maxBuffered);
    this.#news = new Signal(surroundings);
  }

  /** Hands out what happens, until it is stopped. */
  async *events(): AsyncGenerator<SubscriptionEvent<RK, V>, undefined> {
    const { signal, from, tail } = this.#parts;
    signal.addEventListener('abort', this.#news.notify);
    try {
      let phase: Phase = 'snapshot';
      if (from !== undefined) {
        this.#next = this.#resumed(from);
        phase = 'behind';
      }
      while (!signal.aborted) phase = yield* this.#run(phase);
    } finally {
      signal.removeEventListener('abort', this.#news.notify);
      tail.detach(this);
      this.#buffer.clear();
    }
  }

  push(change: RowChange): boolean {
    // It may have been ahead of the tail.
    if (change.offset < this.#nextOf(change.partition)) return true;
    if (!this.#buffer.push(change)) return false;
    this.#news.notify();
    return true;
  }

  detached(): void {
    this.#isLive = false;
    // What it was not given yet is read from the log again, when it asks.
    this.#buffer.clear();
    this.#news.notify();
  }

  failed(error: unknown): void {
    this.#failure = { error };
    this.#news.notify();
  }

  async *#run(phase: Phase): AsyncGenerator<SubscriptionEvent<RK, V>, Phase> {
    switch (phase) {
      case 'snapshot': {
        const event = await this.#snapshot();
        if (!this.#parts.signal.aborted) yield event;
        return 'fresh';
      }
      case 'fresh':
        return yield* this.#catchUp(new Map());
      case 'behind': {
        const ends = await this.#ends();
        return ends === undefined ? 'snapshot' : yield* this.#catchUp(ends);
      }
      case 'live':
        return yield* this.#live();
    }
  }

  async #snapshot(): Promise<SubscriptionEvent<RK, V>> {
    const { filter } = this.#parts;
    const rows: (readonly [RK, { readonly value: V; readonly timestamp: number }])[] = [];
    const next = new Map<number, number>();
    for (const partition of this.partitions) {
      const snapshot = await partitionSnapshot(partition, filter, this.#parts);
      for (const row of snapshot.rows) rows.push(this.#row(row));
      next.set(partition, snapshot.next);
    }
    this.#next = next;
    return { kind: 'snapshot', rows, position: this.#position() };
  }

  /** @param ends - How far to read before the tail, by partition, where it does not read. */
  async *#catchUp(
    ends: ReadonlyMap<number, number>,
  ): AsyncGenerator<SubscriptionEvent<RK, V>, Phase> {
    const { changelog, filter, signal } = this.#parts;
    if (this.#goLive(ends)) return 'live';
    const from = this.partitions.map((partition) => this.#at(partition, this.#nextOf(partition)));
    for await (const read of readChangelog(changelog, { from, filter, signal })) {
      // With nothing to read although the tail has: what was there has been removed.
      if (read === gap || read === 'idle') return 'snapshot';
      if (!('next' in read)) {
        yield this.#change(read);
        continue;
      }
      this.#next.set(read.partition, read.next);
      if (this.#goLive(ends)) return 'live';
    }
    return 'behind';
  }

  async *#live(): AsyncGenerator<SubscriptionEvent<RK, V>, Phase> {
    while (!this.#parts.signal.aborted) {
      const change = this.#buffer.take();
      if (change !== undefined) yield this.#change(change);
      else if (this.#failure !== undefined) throw this.#failure.error;
      else if (!this.#isLive) return 'behind';
      else await this.#news.wait(Number.POSITIVE_INFINITY);
    }
    return 'live';
  }

  #goLive(ends: ReadonlyMap<number, number>): boolean {
    const isBehind = this.partitions.some(
      (partition) => this.#nextOf(partition) < (ends.get(partition) ?? 0),
    );
    if (isBehind) return false;
    this.#isLive = this.#parts.tail.attach(this, this.#next);
    return this.#isLive;
  }

  /** Where the changelog ends now; undefined: it has no more what would come next. */
  async #ends(): Promise<ReadonlyMap<number, number> | undefined> {
    const ends = new Map<number, number>();
    for (const [partition, range] of await rangesOf(this.#parts.changelog, this.partitions)) {
      const next = this.#nextOf(partition);
      if (next < range.startOffset || next > range.endOffset) return undefined;
      ends.set(partition, range.endOffset);
    }
    return ends;
  }

  #resumed(from: StorePosition): Map<number, number> {
    const { topic, partitions } = this.#parts.changelog;
    const problems = from
      .filter((position) => position.topic !== topic || position.partition >= partitions)
      .map((position) => `${showPosition(position)} is not in ${topic}`);
    if (problems.length > 0) {
      throw new ConfigError([
        ...problems,
        '`from` is the position of an earlier event of a subscription to the same store',
      ]);
    }
    const next = new Map(this.partitions.map((partition) => [partition, 0]));
    for (const { partition, offset } of from)
      if (next.has(partition)) next.set(partition, offset + 1);
    return next;
  }

  #row(row: EncodedRow): readonly [RK, { readonly value: V; readonly timestamp: number }] {
    const { codec, rows } = this.#parts;
    const { timestamp = noTimestamp } = row;
    return [codec.keyOf(row), { value: rows.value(row), timestamp }];
  }

  #change(change: RowChange): SubscriptionEvent<RK, V> {
    const { codec } = this.#parts;
    const { order, partition, offset, timestamp } = change;
    const key = this.#decoded(change, 'key', () => codec.keyOf(placeOf(order, codec.keys)));
    const value = this.#decoded(change, 'value', () => this.#value(change));
    this.#next.set(partition, offset + 1);
    this.#skipUnwanted();
    return { kind: 'change', key, value, timestamp, position: this.#position() };
  }

  #value({ value }: RowChange): V | undefined {
    return value === undefined ? undefined : this.#parts.rows.value({ value });
  }

  /** Where nothing waits, whatever the tail has read was not wanted. */
  #skipUnwanted(): void {
    if (!this.#isLive || this.#buffer.size > 0) return;
    for (const partition of this.partitions) {
      const read = this.#parts.tail.nextOffset(partition) ?? 0;
      this.#next.set(partition, Math.max(this.#nextOf(partition), read));
    }
  }

  #decoded<T>(change: RowChange, part: 'key' | 'value', decode: () => T): T {
    try {
      return decode();
    } catch (cause) {
      throw new DecodeError(this.#at(change.partition, change.offset), part, cause);
    }
  }

  #position(): StorePosition {
    return this.partitions.flatMap((partition) => {
      const next = this.#nextOf(partition);
      return next === 0 ? [] : [this.#at(partition, next - 1)];
    });
  }

  #at(partition: number, offset: number): RecordPosition {
    return { topic: this.#parts.changelog.topic, partition, offset };
  }

  #nextOf(partition: number): number {
    return must(this.#next.get(partition), 'a subscriber is somewhere in each of its partitions');
  }
}

type Phase = 'snapshot' | 'fresh' | 'behind' | 'live';
