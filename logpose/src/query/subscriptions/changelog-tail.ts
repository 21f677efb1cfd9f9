import { setImmediate } from 'node:timers/promises';
import { must } from '../../base/assert.ts';
import type { Timers } from '../../base/clock.ts';
import { PositionOutOfRangeError } from '../../errors/log-errors.ts';
import { BatchColumns } from '../../log/batch-columns.ts';
import type { Compressions } from '../../log/compression.ts';
import type { FetchedBatches, LogConsumer, LogPort } from '../../log/log-port.ts';
import { pollPatiently } from './poll-patiently.ts';
import { changesIn, gap, type RowChange } from './row-change.ts';

/** What a tail is made with. */
export interface TailParts {
  readonly log: LogPort;
  readonly compressions: Compressions;
  readonly timers: Timers;
  /** The changelog. */
  readonly topic: string;
}

/** Who is given changes as they are committed. */
export interface TailReader {
  readonly partitions: readonly number[];
  /** The only key it wants, as the changelog has it; undefined: `wants` says. */
  readonly only: string | undefined;
  wants(order: string): boolean;
  /** Returns false when it can take no more: it is then detached. */
  push(change: RowChange): boolean;
  /** The tail goes on without it: it has to find out from the log what it misses. */
  detached(): void;
  /** There will be no more changes, and why. */
  failed(error: unknown): void;
}

const pollTimeoutMs = 30_000;
/** The event loop has its turn this often. */
const recordsPerTurn = 5000;

/**
 * Reads a changelog's newest changes once for all who want them. Reads what is committed: whoever
 * owns the store, and however often that changes, each change comes once and in order.
 *
 * Reads only partitions that somebody wants, and holds nothing while nobody does.
 */
export class ChangelogTail {
  readonly #parts: TailParts;
  readonly #readers = new Set<TailReader>();
  readonly #byKey = new Map<string, Set<TailReader>>();
  readonly #byRule = new Set<TailReader>();
  /** How far each partition that is read has been read. */
  readonly #places = new Map<number, Place>();
  readonly #columns = new BatchColumns();
  #consumer: LogConsumer | undefined = undefined;

  constructor(parts: TailParts) {
    this.#parts = parts;
  }

  /** Those who are given changes now. */
  get readers(): number {
    return this.#readers.size;
  }

  /** The next offset; undefined: the partition is not read. */
  nextOffset(partition: number): number | undefined {
    return this.#places.get(partition)?.next;
  }

  /**
   * Gives a reader every change from these offsets on, those it had earlier too where the tail is
   * not so far yet. Returns false, and does nothing, when the tail is further in some partition.
   */
  attach(reader: TailReader, next: ReadonlyMap<number, number>): boolean {
    const missed = reader.partitions.some(
      (partition) => (this.nextOffset(partition) ?? 0) > startOf(next, partition),
    );
    if (missed) return false;
    this.#readers.add(reader);
    if (reader.only === undefined) this.#byRule.add(reader);
    else this.#ofKey(reader.only).add(reader);
    const added = reader.partitions.filter((partition) => !this.#places.has(partition));
    for (const partition of added) {
      this.#places.set(partition, { next: startOf(next, partition) });
    }
    if (added.length > 0) this.#read(added);
    return true;
  }

  /** Idempotent. */
  detach(reader: TailReader): void {
    if (!this.#readers.delete(reader)) return;
    this.#byRule.delete(reader);
    if (reader.only !== undefined) {
      const ofKey = this.#byKey.get(reader.only);
      ofKey?.delete(reader);
      if (ofKey?.size === 0) this.#byKey.delete(reader.only);
    }
    this.#dropUnwanted(reader.partitions);
  }

  #ofKey(order: string): Set<TailReader> {
    const readers = this.#byKey.get(order) ?? new Set();
    this.#byKey.set(order, readers);
    return readers;
  }

  #read(partitions: readonly number[]): void {
    const { log, topic } = this.#parts;
    const positions = partitions.map((partition) => ({
      topic,
      partition,
      offset: must(this.nextOffset(partition), 'a partition that is read has an offset'),
    }));
    if (this.#consumer !== undefined) {
      this.#consumer.assign(positions);
      this.#consumer.wake();
      return;
    }
    const consumer = log.consumer();
    consumer.assign(positions);
    this.#consumer = consumer;
    void this.#run(consumer);
  }

  #dropUnwanted(partitions: readonly number[]): void {
    const { topic } = this.#parts;
    const wanted = new Set([...this.#readers].flatMap((reader) => reader.partitions));
    const unwanted = partitions.filter((partition) => !wanted.has(partition));
    for (const partition of unwanted) this.#places.delete(partition);
    this.#consumer?.unassign(unwanted.map((partition) => ({ topic, partition })));
    if (this.#readers.size > 0) return;
    const consumer = this.#consumer;
    this.#consumer = undefined;
    consumer?.wake();
    consumer?.close();
  }

  async #run(consumer: LogConsumer): Promise<void> {
    const isWanted = () => this.#consumer === consumer;
    while (isWanted()) {
      try {
        const poll = { timeoutMs: pollTimeoutMs, isWanted };
        const fetched = await pollPatiently(consumer, this.#parts.timers, poll);
        for (const run of fetched) await this.#hand(run);
      } catch (error) {
        if (error instanceof PositionOutOfRangeError) this.#missed(error.position.partition);
        else if (isWanted()) this.#failed(error);
      }
    }
  }

  async #hand(fetched: FetchedBatches): Promise<void> {
    const { partition, fromOffset, nextOffset } = fetched;
    const place = this.#places.get(partition);
    // The partition may have been let go of, or begun anew, since that was asked for.
    if (place === undefined) return;
    if (place.next !== fromOffset) return this.#read([partition]);
    let count = 0;
    for (const change of changesIn(fetched, this.#reading())) {
      if (change === gap) {
        this.#missed(partition);
        continue;
      }
      this.#give(change);
      place.next = change.offset + 1;
      if (++count % recordsPerTurn === 0) await setImmediate();
      if (this.#places.get(partition) !== place) return;
    }
    place.next = nextOffset;
  }

  #reading() {
    const { compressions } = this.#parts;
    const wants = (order: string) => this.#byRule.size > 0 || this.#byKey.has(order);
    return { columns: this.#columns, compressions, wants };
  }

  #give(change: RowChange): void {
    const { partition, order } = change;
    for (const readers of [this.#byKey.get(order) ?? [], this.#byRule]) {
      for (const reader of readers) {
        const isWanted = reader.partitions.includes(partition) && reader.wants(order);
        if (isWanted) this.#push(reader, change);
      }
    }
  }

  #push(reader: TailReader, change: RowChange): void {
    if (reader.push(change)) return;
    this.detach(reader);
    reader.detached();
  }

  /** Records are gone that the tail has not read: each reader finds out what that means for it. */
  #missed(partition: number): void {
    for (const reader of [...this.#readers]) {
      if (!reader.partitions.includes(partition)) continue;
      this.detach(reader);
      reader.detached();
    }
  }

  #failed(error: unknown): void {
    for (const reader of [...this.#readers]) {
      this.detach(reader);
      reader.failed(error);
    }
  }
}

interface Place {
  next: number;
}

function startOf(next: ReadonlyMap<number, number>, partition: number): number {
  return must(next.get(partition), 'a reader says where it begins in each partition');
}
