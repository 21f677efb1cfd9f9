import { asBuffer } from '../../base/bytes.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import { BatchColumns, type BatchSource, decodeBatch } from '../../log/batch-columns.ts';
import type { FetchedBatches } from '../../log/log-port.ts';
import type { AnyProcessor, AnyRecord } from '../../topology/topology.ts';
import { type CommitMetadata, readCommitMetadata } from './commit-metadata.ts';
import type { Decode } from './decode.ts';
import type { RawRecord, SourceRecord } from './record-in-hand.ts';
import type { TaskInput } from './task-parts.ts';

/** What one input is read with. */
export interface QueueParts {
  readonly input: TaskInput;
  /** What its records go to. */
  readonly entry: AnyProcessor;
  readonly decode: Decode;
  readonly source: BatchSource;
}

/**
 * The fetched batches of one input, and the first of its records that can be processed, decoded.
 *
 * A record that cannot be processed is left out as soon as it comes first, as on the JVM.
 */
export class PartitionQueue implements SourceRecord {
  readonly input: TaskInput;
  readonly entry: AnyProcessor;
  /** The first record; undefined when there is none. */
  record: AnyRecord | undefined = undefined;
  /** Its time. */
  timestamp = 0;
  keySlot = -1;
  /** Greatest time processed; −1 before the first. */
  partitionTimeMs: number;
  /** Bytes of batches that are not used up. */
  bufferedBytes = 0;
  /** Where the fetched records end. */
  nextOffset: number;
  /** What the last commit wrote down. */
  committedOffset: number;
  /** Until when the idle rule waits for records; undefined: it does not. */
  idleUntilMs: number | undefined = undefined;
  /** What was committed beside the offset with which it began. */
  readonly restored: CommitMetadata;
  readonly #decode: Decode;
  readonly #source: BatchSource;
  readonly #columns = new BatchColumns();
  #index = -1;
  readonly #fetched: FetchedBatches[] = [];
  /** Where the next batch begins in the first of them. */
  #at = 0;
  /** Earlier records of a batch that was fetched from its middle on are not wanted. */
  #fromOffset: number;
  #batchBytes = 0;

  constructor({ input, entry, decode, source }: QueueParts) {
    this.input = input;
    this.entry = entry;
    this.#decode = decode;
    this.#source = source;
    this.restored = readCommitMetadata(input.metadata);
    this.partitionTimeMs = this.restored.partitionTimeMs ?? -1;
    this.nextOffset = input.startOffset;
    this.#fromOffset = input.startOffset;
    this.committedOffset = input.startOffset;
  }

  /** The next offset to process. */
  get offset(): number {
    return this.record === undefined ? this.nextOffset : this.#offset();
  }

  add(fetched: FetchedBatches): void {
    this.#fetched.push(fetched);
    this.bufferedBytes += fetched.bytes.length;
    this.nextOffset = fetched.nextOffset;
    if (this.record === undefined) this.advance();
    if (this.record !== undefined) this.idleUntilMs = undefined;
  }

  /** The first record is done with: looks for the next one that can be processed. */
  advance(): void {
    this.record = undefined;
    const columns = this.#columns;
    while (this.record === undefined) {
      if (++this.#index >= columns.count && !this.#nextBatch()) return;
      if ((columns.offsets[this.#index] ?? 0) < this.#fromOffset) continue;
      this.record = this.#decode(columns, this.#index, this);
    }
    this.timestamp = this.record.timestamp;
  }

  position(): RecordPosition {
    const { topic, partition } = this.input;
    return { topic, partition, offset: this.#offset() };
  }

  raw(): RawRecord {
    const columns = this.#columns;
    const at = this.#index;
    return {
      key: part(columns.bytes, columns.keyStart[at] ?? 0, columns.keyLength[at] ?? -1),
      value: part(columns.bytes, columns.valueStart[at] ?? 0, columns.valueLength[at] ?? -1),
      timestamp: columns.timestamps[at] ?? 0,
      headers: columns.headers(at),
    };
  }

  #offset(): number {
    return this.#columns.offsets[this.#index] ?? 0;
  }

  /** Goes to the next batch that has records. Returns whether there is one. */
  #nextBatch(): boolean {
    const columns = this.#columns;
    do {
      this.bufferedBytes -= this.#batchBytes;
      this.#batchBytes = 0;
      this.#index = 0;
      columns.count = 0;
      const [fetched] = this.#fetched;
      if (fetched === undefined) return this.#ended();
      if (this.#at >= fetched.bytes.length) {
        this.#fetched.shift();
        this.#at = 0;
        continue;
      }
      this.#fromOffset = Math.max(this.input.startOffset, fetched.fromOffset);
      // Serdes read through a Buffer; made here, it is made once a batch and not once a field.
      const next = decodeBatch(asBuffer(fetched.bytes), this.#at, columns, this.#source);
      this.#batchBytes = next - this.#at;
      this.#at = next;
    } while (columns.count === 0);
    return true;
  }

  #ended(): false {
    this.#index = -1;
    return false;
  }
}

function part(bytes: Uint8Array, start: number, length: number): Uint8Array | null {
  return length < 0 ? null : new Uint8Array(bytes.subarray(start, start + length));
}
