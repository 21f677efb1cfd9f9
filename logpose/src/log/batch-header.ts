import {
  putInt16,
  putInt32,
  putInt64,
  readInt16,
  readInt32,
  readInt64,
  readUint32,
} from '../base/big-endian.ts';
import { crc32c } from '../base/crc32c.ts';
import type { CompressionName } from './compression.ts';
import { compressionNames } from './compression.ts';

/**
 * The fixed part of a record batch, version 2.
 *
 * ```text
 *  0 baseOffset: int64        21 attributes: int16        43 producerId: int64
 *  8 length behind it: int32  23 lastOffsetDelta: int32   51 producerEpoch: int16
 * 12 leaderEpoch: int32       27 baseTimestamp: int64     53 baseSequence: int32
 * 16 magic: int8 = 2          35 maxTimestamp: int64      57 recordCount: int32
 * 17 CRC-32C of 21…: uint32                               61 records
 * attributes: compression 0–2, log append time 3, transactional 4, control 5, delete horizon 6
 * ```
 */
export interface BatchHeader {
  readonly baseOffset: number;
  /** Bytes of the whole batch, this header included. */
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  /** Offset of the last record, also when compaction has removed it. */
  readonly lastOffset: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** The records have `maxTimestamp`, the time they reached the log. */
  readonly hasLogAppendTime: boolean;
  /** −1: none. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  /** It holds the end of a transaction, and no record for readers. */
  readonly isControl: boolean;
  /** Undefined: a number Kafka has not given out yet. */
  readonly compression: CompressionName | undefined;
  readonly recordCount: number;
  /** Written only: `baseTimestamp` is a delete horizon. */
  readonly hasDeleteHorizon?: boolean;
}

/** Where the records begin. */
export const batchHeaderBytes = 61;
/** What must be there to know a batch's size. */
const batchPrefixBytes = 12;
/** Where the bytes begin that the CRC covers. */
export const crcStart = 21;
export const batchMagic = 2;

const crcAt = 17;
const magicAt = 16;
const deleteHorizonBit = 64;

/** Bytes of the batch at `at`, as it says itself; undefined when not even that is there. */
export function batchSizeAt(bytes: Uint8Array, at: number): number | undefined {
  return at + batchPrefixBytes > bytes.length
    ? undefined
    : batchPrefixBytes + readInt32(bytes, at + 8);
}

/** What the header at `at` says, unchecked. At least `batchHeaderBytes` must be there. */
export function readBatchHeader(bytes: Uint8Array, at: number): BatchHeader {
  const baseOffset = readInt64(bytes, at);
  const attributes = readInt16(bytes, at + 21);
  return {
    baseOffset,
    sizeBytes: batchPrefixBytes + readInt32(bytes, at + 8),
    leaderEpoch: readInt32(bytes, at + 12),
    lastOffset: baseOffset + readInt32(bytes, at + 23),
    baseTimestamp: readInt64(bytes, at + 27),
    maxTimestamp: readInt64(bytes, at + 35),
    hasLogAppendTime: (attributes & 8) !== 0,
    producerId: readInt64(bytes, at + 43),
    producerEpoch: readInt16(bytes, at + 51),
    baseSequence: readInt32(bytes, at + 53),
    isTransactional: (attributes & 16) !== 0,
    isControl: (attributes & 32) !== 0,
    compression: compressionNames[attributes & 7],
    recordCount: readInt32(bytes, at + 57),
  };
}

/** The time from which the times of the records in the batch at `at` are counted. */
export function baseTimestampOf(bytes: Uint8Array, at: number): number {
  return readInt64(bytes, at + 27);
}

/**
 * When compaction may remove the deletions in the batch at `at`; undefined: not known yet.
 *
 * It stands where the base timestamp does, and the records' times count from it (KIP-534).
 */
export function deleteHorizonOf(bytes: Uint8Array, at: number): number | undefined {
  const has = (readInt16(bytes, at + 21) & deleteHorizonBit) !== 0;
  return has ? baseTimestampOf(bytes, at) : undefined;
}

export function magicOf(bytes: Uint8Array, at: number): number {
  return bytes[at + magicAt] ?? 0;
}

/** The CRC that the batch at `at` carries. */
export function storedCrc(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at + crcAt);
}

/** Writes all but the CRC. */
export function writeBatchHeader(header: BatchHeader, bytes: Uint8Array, at: number): void {
  stampBatch(bytes, at, header);
  putInt32(bytes, at + 8, header.sizeBytes - batchPrefixBytes);
  bytes[at + magicAt] = batchMagic;
  putInt16(bytes, at + 21, attributesOf(header));
  putInt32(bytes, at + 23, header.lastOffset - header.baseOffset);
  putInt64(bytes, at + 27, header.baseTimestamp);
  putInt64(bytes, at + 35, header.maxTimestamp);
  putInt64(bytes, at + 43, header.producerId);
  putInt16(bytes, at + 51, header.producerEpoch);
  putInt32(bytes, at + 53, header.baseSequence);
  putInt32(bytes, at + 57, header.recordCount);
}

export function writeCrc(bytes: Uint8Array, at: number, crc: number): void {
  putInt32(bytes, at + crcAt, crc);
}

/** A batch that says of offsets that none of their records is left. */
export function emptyBatch(
  range: Pick<BatchHeader, 'baseOffset' | 'lastOffset' | 'leaderEpoch'>,
): Uint8Array {
  const bytes = new Uint8Array(batchHeaderBytes);
  const header: BatchHeader = {
    ...range,
    sizeBytes: batchHeaderBytes,
    baseTimestamp: -1,
    maxTimestamp: -1,
    hasLogAppendTime: false,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    isTransactional: false,
    isControl: false,
    compression: 'none',
    recordCount: 0,
  };
  writeBatchHeader(header, bytes, 0);
  writeCrc(bytes, 0, crc32c(bytes, crcStart));
  return bytes;
}

/** Moves a finished batch to its place in a log: the two fields outside of the CRC. */
export function stampBatch(
  bytes: Uint8Array,
  at: number,
  place: { readonly baseOffset: number; readonly leaderEpoch: number },
): void {
  putInt64(bytes, at, place.baseOffset);
  putInt32(bytes, at + 12, place.leaderEpoch);
}

function attributesOf(header: BatchHeader): number {
  return (
    compressionNames.indexOf(header.compression ?? 'none') |
    (header.hasLogAppendTime ? 8 : 0) |
    (header.isTransactional ? 16 : 0) |
    (header.isControl ? 32 : 0) |
    (header.hasDeleteHorizon === true ? deleteHorizonBit : 0)
  );
}
