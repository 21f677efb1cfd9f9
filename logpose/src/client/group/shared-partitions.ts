import { must } from '../../base/assert.ts';
import type { Surroundings } from '../../base/clock.ts';
import { NotAMemberError } from '../../errors/log-errors.ts';
import type { LogPort } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { BatchPosition } from '../consumer.ts';
import type { ReadPartition } from '../starting-points.ts';
import { type Claim, Membership } from './membership.ts';
import type { PartitionChange, PartitionSource } from './partition-source.ts';
import type { Progress } from './progress.ts';

/** What shared partitions are read with. */
export interface SharedParts {
  readonly port: LogPort;
  readonly surroundings: Surroundings;
  readonly groupId: string;
  readonly maxPollIntervalMs: number;
  /** Where partitions begin that the group has not committed progress in. */
  readonly points: Promise<ReadonlyMap<string, ReadPartition>>;
  /** Whether that depends on when it is asked, so that the first answer is to hold for all. */
  readonly mustKeepStart: boolean;
  /** Called when a turn would change something. */
  changed(): void;
}

/** The partitions that are a consumer's share of what its group reads. */
export class SharedPartitions implements PartitionSource {
  readonly progress: Progress;
  readonly #parts: SharedParts;
  readonly #claims = new WeakMap<BatchPosition, Claim>();
  /** What the reader was told to read. */
  readonly #reading = new Map<string, Claim>();
  #membership: Membership | undefined;
  #stopClock: () => void = () => {};
  #isClosed = false;

  constructor(parts: SharedParts) {
    this.#parts = parts;
    this.progress = {
      groupId: parts.groupId,
      isShared: true,
      check: (batch) => this.#check(batch),
      commit: (batches, run) => {
        const check = (): void => {
          for (const batch of batches) this.#check(batch);
        };
        return (
          this.#membership?.commit(check, run) ?? Promise.reject(this.#lost('it has not begun'))
        );
      },
    };
  }

  all(): Promise<ReadonlyMap<string, ReadPartition>> {
    return this.#parts.points;
  }

  async turn(): Promise<PartitionChange> {
    this.#stopClock();
    const points = await this.#parts.points;
    if (this.#isClosed) return { removed: [], added: [], isKnown: false };
    this.#membership ??= this.#join(points);
    this.#membership.turn();
    const { held, hasShare } = this.#membership;
    const removed = [...this.#reading].filter(([key, claim]) => held.get(key) !== claim);
    const added = [...held].filter(([key, claim]) => this.#reading.get(key) !== claim);
    const starts = await this.#startsOf(added.map(([key]) => must(points.get(key), 'it is read')));
    for (const [key] of removed) this.#reading.delete(key);
    if (starts !== undefined) for (const [key, claim] of added) this.#reading.set(key, claim);
    return { removed: removed.map(([, claim]) => claim), added: starts ?? [], isKnown: hasShare };
  }

  rest(batch?: BatchPosition): void {
    const claim = batch && this.#reading.get(keyOf(batch));
    if (batch !== undefined && claim !== undefined) this.#claims.set(batch, claim);
    if (this.#isClosed || this.#membership === undefined) return;
    const { surroundings, maxPollIntervalMs } = this.#parts;
    this.#stopClock = surroundings.after(maxPollIntervalMs, () => this.#tooLate());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopClock();
    await this.#membership?.end();
  }

  #join(points: ReadonlyMap<string, ReadPartition>): Membership {
    const topics = new Map<string, number>();
    for (const { topic } of points.values()) topics.set(topic, (topics.get(topic) ?? 0) + 1);
    const { maxPollIntervalMs: rebalanceTimeoutMs } = this.#parts;
    const changed = (): void => {
      // Nothing is kept from others: the loop may take its time.
      if (this.#membership?.isOut) this.#stopClock();
      this.#parts.changed();
    };
    return new Membership({ ...this.#parts, topics, rebalanceTimeoutMs, changed });
  }

  /**
   * Where partitions begin that are new here: behind the group's progress, if it has made any.
   * Undefined when the group has dropped this member meanwhile.
   */
  async #startsOf(points: readonly ReadPartition[]): Promise<readonly ReadPartition[] | undefined> {
    if (points.length === 0) return [];
    const { admin } = this.#parts.port;
    const committed = await admin.committedOffsets(this.#parts.groupId, points);
    const ranges = await admin.offsetRanges(points);
    const begun = points.map((point, index) => {
      const { startOffset = 0 } = ranges[index] ?? {};
      const offset = committed[index]?.offset ?? Math.max(point.offset, startOffset);
      return { ...point, offset };
    });
    const isKept = await this.#keep(begun.filter((_, index) => committed[index] === undefined));
    return isKept ? begun : undefined;
  }

  /** Commits where partitions begin: the next who has them goes on there, and misses nothing. */
  async #keep(starts: readonly ReadPartition[]): Promise<boolean> {
    if (!this.#parts.mustKeepStart || starts.length === 0) return true;
    const { groupId, port } = this.#parts;
    const offsets = starts.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset,
      metadata: '',
    }));
    try {
      await this.#membership?.commit(
        () => undefined,
        (member) => port.admin.commitOffsets({ groupId, member, offsets }),
      );
      return true;
    } catch (error) {
      if (error instanceof NotAMemberError) return false;
      throw error;
    }
  }

  #tooLate(): void {
    const { groupId, maxPollIntervalMs } = this.#parts;
    process.emitWarning(
      `a consumer of group ${groupId} asked for no batch for ${maxPollIntervalMs} ms: it leaves ` +
        'the group and joins again when it asks; others go on from the progress it committed',
      { code: 'LOGPOSE_CONSUMER_LATE' },
    );
    this.#membership?.stepOut();
  }

  #check(batch: BatchPosition): void {
    const held = this.#membership?.held.get(keyOf(batch));
    const claim = this.#claims.get(batch) ?? held;
    if (held !== undefined && claim === held) return;
    throw this.#lost(`${keyOf(batch)} is another's`);
  }

  #lost(why: string): NotAMemberError {
    return new NotAMemberError(this.#parts.groupId, why);
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
