import { copyBytes, emptyBytes } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import { position, readVarint, readVarlong } from '../base/varint.ts';
import { LogDamagedError } from '../errors/log-errors.ts';
import { headersFromBytes, noHeaders, type RecordHeaders } from '../record/headers.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import {
  type BatchHeader,
  batchHeaderBytes,
  batchMagic,
  batchSizeAt,
  crcStart,
  magicOf,
  readBatchHeader,
  storedCrc,
} from './batch-header.ts';
import type { Compressions } from './compression.ts';

/** Where batches come from and how far they are trusted. */
export interface BatchSource extends TopicPartition {
  /** The codecs that batches may use. */
  readonly compressions: Compressions;
  /** Default `'checked'`. `'trusted'` leaves out the CRC, for bytes that were just checked. */
  readonly crc?: 'checked' | 'trusted';
  /** Default 128 MiB. A batch that becomes larger is taken for damaged. */
  readonly maxDecompressedBytes?: number;
}

const defaultMaxDecompressedBytes = 128 * 1024 * 1024;
// Seven fields of at least one byte each: what bounds the count that a damaged header may claim.
const minRecordBytes = 7;
const commitMarker = 1;

const noBatch: BatchHeader = readBatchHeader(new Uint8Array(batchHeaderBytes), 0);

/**
 * The records of one batch as columns: places in `bytes`, no object per record.
 *
 * Meant to be reused: the next `decodeBatch` overwrites it. Index `i` is the batch's i-th record.
 */
export class BatchColumns {
  header: BatchHeader = noBatch;
  /** Records for readers; 0 for a control batch. */
  count = 0;
  /** How the transaction of a control batch ended; undefined for all other batches. */
  control: 'commit' | 'abort' | undefined = undefined;
  /** What the places point into: the fetched bytes, or what they were compressed from. */
  bytes: Uint8Array = emptyBytes;
  offsets = new Float64Array(0);
  timestamps = new Float64Array(0);
  keyStart = new Int32Array(0);
  /** −1: null. */
  keyLength = new Int32Array(0);
  valueStart = new Int32Array(0);
  /** −1: null. */
  valueLength = new Int32Array(0);
  recordEnd = new Int32Array(0);

  /** The headers of one record, copied so that they may be kept. */
  headers(index: number): RecordHeaders {
    const start = (this.valueStart[index] ?? 0) + Math.max(this.valueLength[index] ?? 0, 0);
    const end = this.recordEnd[index] ?? 0;
    if (end - start <= 1) return noHeaders;
    const count = readVarint(this.bytes, start);
    return headersFromBytes(copyBytes(this.bytes, position, end), count);
  }

  /** Makes room for this many records. */
  reserve(count: number): void {
    if (count <= this.offsets.length) return;
    const capacity = Math.max(count, this.offsets.length * 2);
    this.offsets = new Float64Array(capacity);
    this.timestamps = new Float64Array(capacity);
    this.keyStart = new Int32Array(capacity);
    this.keyLength = new Int32Array(capacity);
    this.valueStart = new Int32Array(capacity);
    this.valueLength = new Int32Array(capacity);
    this.recordEnd = new Int32Array(capacity);
  }
}

/**
 * Decodes the batch that begins at `at` and returns where the next one begins.
 *
 * Batches before a damaged one can be read: decode one, use it, decode the next.
 *
 * @throws {LogDamagedError} When the batch is cut off or is not what was written. `columns` is then
 *   empty. The base offset lies outside of the CRC: who knows which offset comes next, compares.
 */
export function decodeBatch(
  bytes: Uint8Array,
  at: number,
  columns: BatchColumns,
  source: BatchSource,
): number {
  columns.count = 0;
  columns.control = undefined;
  const header = checkedHeader(bytes, at, source);
  const next = at + header.sizeBytes;
  columns.header = header;
  if (header.compression === 'none') {
    columns.bytes = bytes;
    decodeRecords(columns, at + batchHeaderBytes, next, source);
  } else {
    const records = decompress(bytes.subarray(at + batchHeaderBytes, next), header, source);
    columns.bytes = records;
    decodeRecords(columns, 0, records.length, source);
  }
  return next;
}

/**
 * The header at `at`, after the checks that decoding makes before it looks at the records.
 *
 * @throws {LogDamagedError} When the batch is cut off or does not have its CRC.
 */
export function checkedHeader(bytes: Uint8Array, at: number, source: BatchSource): BatchHeader {
  const sizeBytes = batchSizeAt(bytes, at);
  if (sizeBytes === undefined || at + batchHeaderBytes > bytes.length) {
    throw damaged(`${bytes.length - at} bytes where a batch should be`, undefined, source);
  }
  const header = readBatchHeader(bytes, at);
  const magic = magicOf(bytes, at);
  if (magic !== batchMagic) throw damaged(`a batch of version ${magic}`, header, source);
  if (sizeBytes < batchHeaderBytes) throw damaged('a batch without room for it', header, source);
  if (at + sizeBytes > bytes.length) throw damaged('a batch is cut off', header, source);
  if (source.crc !== 'trusted') {
    const crc = crc32c(bytes, at + crcStart, at + sizeBytes);
    if (crc !== storedCrc(bytes, at)) throw damaged('a batch has another CRC', header, source);
  }
  return header;
}

function decompress(records: Uint8Array, header: BatchHeader, source: BatchSource): Uint8Array {
  const { compressions, maxDecompressedBytes = defaultMaxDecompressedBytes } = source;
  const { compression: name } = header;
  const codec = name === undefined || name === 'none' ? undefined : compressions[name];
  if (codec === undefined) throw damaged(`no codec for ${name ?? 'its records'}`, header, source);
  try {
    return codec.decompress(records, maxDecompressedBytes);
  } catch (cause) {
    throw damaged(`a batch cannot be decompressed with ${name}`, header, source, cause);
  }
}

function decodeRecords(
  columns: BatchColumns,
  start: number,
  end: number,
  source: BatchSource,
): void {
  const { header } = columns;
  const { recordCount } = header;
  if (recordCount < 0 || recordCount > (end - start) / minRecordBytes) {
    throw damaged(`a batch claims ${recordCount} records`, header, source);
  }
  columns.reserve(recordCount);
  const behind = fillColumns(columns, start, end);
  if (behind !== end) throw damaged('a record is not as long as it says', header, source);
  if (header.hasLogAppendTime) columns.timestamps.fill(header.maxTimestamp, 0, recordCount);
  if (header.isControl) columns.control = controlOf(columns);
  else columns.count = recordCount;
}

/** Returns where the last record ends; −1 when one leaves its bounds. */
function fillColumns(columns: BatchColumns, start: number, end: number): number {
  const { bytes, offsets, timestamps, keyStart, keyLength } = columns;
  const { valueStart, valueLength, recordEnd, header } = columns;
  const { recordCount, baseOffset, baseTimestamp } = header;
  let at = start;
  for (let index = 0; index < recordCount; index++) {
    const stop = readVarint(bytes, at) + position;
    timestamps[index] = baseTimestamp + readVarlong(bytes, position + 1);
    offsets[index] = baseOffset + readVarint(bytes, position);
    const keyBytes = readVarint(bytes, position);
    keyLength[index] = keyBytes;
    keyStart[index] = at = position;
    if (keyBytes > 0) at += keyBytes;
    const valueBytes = readVarint(bytes, at);
    valueLength[index] = valueBytes;
    valueStart[index] = at = position;
    if (valueBytes > 0) at += valueBytes;
    recordEnd[index] = stop;
    // One comparison per bound and record also keeps damaged lengths from leading outside.
    if (keyBytes < -1 || valueBytes < -1 || at >= stop || stop > end) return -1;
    // Most records have none: a count of 0 in their last byte.
    if ((at + 1 < stop || bytes[at] !== 0) && headersEnd(bytes, at, stop) !== stop) return -1;
    at = stop;
  }
  return at;
}

/** Where the headers at `at` end; −1 when one of them reaches beyond `stop`. */
function headersEnd(bytes: Uint8Array, at: number, stop: number): number {
  const count = readVarint(bytes, at);
  let next = position;
  if (count < 0) return -1;
  for (let index = 0; index < count; index++) {
    const nameBytes = readVarint(bytes, next);
    if (nameBytes < 0) return -1;
    const valueBytes = readVarint(bytes, position + nameBytes);
    if (valueBytes < -1) return -1;
    next = position + Math.max(valueBytes, 0);
    if (next > stop) return -1;
  }
  return next;
}

/** A control record's key is a version and a type, both 16 bits: 0 aborts, 1 commits. */
function controlOf(columns: BatchColumns): 'commit' | 'abort' | undefined {
  const { bytes, keyStart, keyLength, header } = columns;
  if (header.recordCount === 0 || (keyLength[0] ?? 0) < 4) return undefined;
  const type = bytes[(keyStart[0] ?? 0) + 3] ?? 0;
  if (type > commitMarker) return undefined;
  return type === commitMarker ? 'commit' : 'abort';
}

function damaged(
  what: string,
  header: BatchHeader | undefined,
  { topic, partition }: BatchSource,
  cause?: unknown,
): LogDamagedError {
  const position = header && { topic, partition, offset: header.baseOffset };
  return new LogDamagedError(what, position ? { position } : {}, { cause });
}
