import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { crc32c } from '../base/crc32c.ts';
import { putVarint, putVarlong, sizeOfVarint, sizeOfVarlong } from '../base/varint.ts';
import { noHeaders, type RecordHeaders, writeHeaders } from '../record/headers.ts';
import { batchHeaderBytes, crcStart, writeBatchHeader, writeCrc } from './batch-header.ts';
import type { Compression } from './compression.ts';

/**
 * A record in bytes, as it is handed to a batch. Reused for the next one: the builder copies.
 *
 * A length of −1 is null.
 */
export interface EncodedRecord {
  keyBytes: Uint8Array;
  keyStart: number;
  keyLength: number;
  valueBytes: Uint8Array;
  valueStart: number;
  valueLength: number;
  timestamp: number;
  headers: RecordHeaders;
}

/** What a batch is given when it is finished. */
export interface BatchSeal {
  /** Default 0: the log gives it out when the batch is appended. */
  readonly baseOffset?: number;
  /** Default −1: unknown. */
  readonly leaderEpoch?: number;
  /** Default: written without idempotence. */
  readonly producer?: BatchProducer;
  readonly isTransactional?: boolean;
  /** Default: none. */
  readonly compression?: Compression;
}

/** Who wrote a batch, and its first record's number among what they wrote to this partition. */
export interface BatchProducer {
  readonly id: number;
  readonly epoch: number;
  readonly baseSequence: number;
}

/** What a builder holds, to be moved to another thread. */
export interface BatchContents {
  /** Room for the header, and the records. The only view of its memory. */
  readonly bytes: Uint8Array;
  readonly recordCount: number;
  readonly offsetCount: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
}

const anonymous: BatchProducer = { id: -1, epoch: -1, baseSequence: -1 };

/**
 * One record batch (version 2) of one partition, filled from front to back.
 *
 * ```text
 * record := length: varint, attributes: int8 = 0, timestamp − base: varlong, offset − base: varint,
 *           key length: varint, key, value length: varint, value, headers
 * ```
 */
export class BatchBuilder {
  #writer: ByteWriter;
  #recordCount = 0;
  #lastOffsetDelta = -1;
  #baseTimestamp = 0;
  #maxTimestamp = 0;
  #deleteHorizonMs: number | undefined = undefined;

  constructor(initialBytes = 4096) {
    this.#writer = new ByteWriter(Math.max(initialBytes, batchHeaderBytes));
    this.#writer.length = batchHeaderBytes;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Offset behind the last record, counted from the batch's first. */
  get offsetCount(): number {
    return this.#lastOffsetDelta + 1;
  }

  /** Bytes so far, before compression. */
  get sizeBytes(): number {
    return this.#writer.length;
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  /**
   * Adds a copy of the record.
   *
   * @param offsetDelta - Its place behind the batch's base offset. Default: the next one. Gaps
   *   stay, as compaction needs.
   */
  add(record: EncodedRecord, offsetDelta = this.#lastOffsetDelta + 1): void {
    assert(offsetDelta > this.#lastOffsetDelta, 'offsets in a batch ascend');
    const { timestamp } = record;
    if (this.#recordCount === 0) {
      this.#baseTimestamp = this.#deleteHorizonMs ?? timestamp;
      this.#maxTimestamp = timestamp;
    } else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    writeRecord(record, this.#writer, timestamp - this.#baseTimestamp, offsetDelta);
    this.#lastOffsetDelta = offsetDelta;
    this.#recordCount++;
  }

  /**
   * The finished batch. Without compression it is a view of the builder's own memory, valid until
   * `clear` or `add`. May be called again, with another seal.
   */
  build(seal: BatchSeal = {}): Uint8Array {
    const { baseOffset = 0, producer = anonymous, compression } = seal;
    const batch = compression === undefined ? this.#writer.view() : this.#compressed(compression);
    writeBatchHeader(
      {
        baseOffset,
        sizeBytes: batch.length,
        leaderEpoch: seal.leaderEpoch ?? -1,
        lastOffset: baseOffset + this.#lastOffsetDelta,
        baseTimestamp: this.#baseTimestamp,
        maxTimestamp: this.#maxTimestamp,
        hasLogAppendTime: false,
        producerId: producer.id,
        producerEpoch: producer.epoch,
        baseSequence: producer.baseSequence,
        isTransactional: seal.isTransactional ?? false,
        isControl: false,
        compression: compression?.name ?? 'none',
        recordCount: this.#recordCount,
        hasDeleteHorizon: this.#deleteHorizonMs !== undefined,
      },
      batch,
      0,
    );
    writeCrc(batch, 0, crc32c(batch, crcStart));
    return batch;
  }

  /** A builder that holds what another held, in the same memory. */
  static of(contents: BatchContents): BatchBuilder {
    const builder = new BatchBuilder(0);
    builder.#writer = ByteWriter.over(contents.bytes);
    builder.#recordCount = contents.recordCount;
    builder.#lastOffsetDelta = contents.offsetCount - 1;
    builder.#baseTimestamp = contents.baseTimestamp;
    builder.#maxTimestamp = contents.maxTimestamp;
    return builder;
  }

  /** Hands out what it holds, memory included, and is empty behind. */
  moveOut(): BatchContents {
    const contents = {
      bytes: this.#writer.view(),
      recordCount: this.#recordCount,
      offsetCount: this.offsetCount,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
    };
    this.#writer = new ByteWriter(batchHeaderBytes);
    this.clear();
    return contents;
  }

  /**
   * Empties it for another batch; what `build` returned is no longer valid.
   *
   * @param deleteHorizonMs - When the deletions in the next batch may go. Default: not known.
   */
  clear(deleteHorizonMs?: number): void {
    this.#deleteHorizonMs = deleteHorizonMs;
    this.#writer.length = batchHeaderBytes;
    this.#recordCount = 0;
    this.#lastOffsetDelta = -1;
    this.#baseTimestamp = this.#maxTimestamp = 0;
  }

  #compressed(compression: Compression): Uint8Array {
    const records = compression.compress(this.#writer.view().subarray(batchHeaderBytes));
    const batch = Buffer.allocUnsafeSlow(batchHeaderBytes + records.length);
    batch.set(records, batchHeaderBytes);
    return batch;
  }
}

// Headers are rare; their size must be known before the record's first byte is written.
const headerScratch = new ByteWriter();

function writeRecord(
  record: EncodedRecord,
  to: ByteWriter,
  timestampDelta: number,
  offsetDelta: number,
): void {
  const { keyLength, valueLength } = record;
  const plain = record.headers === noHeaders;
  if (!plain) {
    headerScratch.clear();
    writeHeaders(record.headers, headerScratch);
  }
  const length =
    1 +
    sizeOfVarlong(timestampDelta) +
    sizeOfVarint(offsetDelta) +
    sizeOfVarint(keyLength) +
    Math.max(keyLength, 0) +
    sizeOfVarint(valueLength) +
    Math.max(valueLength, 0) +
    (plain ? 1 : headerScratch.length);
  to.reserve(length + sizeOfVarint(length));
  const { buffer } = to;
  let at = putVarint(buffer, to.length, length);
  buffer[at++] = 0;
  at = putVarlong(buffer, at, timestampDelta);
  at = putVarint(buffer, at, offsetDelta);
  at = putVarint(buffer, at, keyLength);
  to.length = at;
  if (keyLength > 0) to.bytes(record.keyBytes, record.keyStart, record.keyStart + keyLength);
  to.length = putVarint(buffer, to.length, valueLength);
  if (valueLength > 0) {
    to.bytes(record.valueBytes, record.valueStart, record.valueStart + valueLength);
  }
  if (plain) buffer[to.length++] = 0;
  else to.bytes(headerScratch.view());
}
