import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { murmur2 } from '../../src/base/murmur2.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { BatchBuilder } from '../../src/log/batch-builder.ts';
import { BatchColumns, decodeBatch } from '../../src/log/batch-columns.ts';
import { stampBatch } from '../../src/log/batch-header.ts';
import { headerEntries, headersOf } from '../../src/record/headers.ts';
import { fromHex, hex } from '../bytes.ts';

interface VectorRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

interface VectorBatch {
  readonly name: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly maxTimestamp: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly hasLogAppendTime: boolean;
  readonly records: readonly VectorRecord[];
  readonly hex: string;
}

interface Vectors {
  readonly batches: readonly VectorBatch[];
  readonly murmur2: readonly { readonly key: string; readonly hash: number }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('record-batches.json', import.meta.url), 'utf8'),
);

suite("batches written by Kafka's Java classes", () => {
  for (const batch of vectors.batches) {
    test(`${batch.name}: read as Kafka reads it`, () => {
      const columns = decoded(fromHex(batch.hex));

      assert.deepEqual(headerFacts(columns), headerFactsOf(batch));
      if (batch.isControl) assert.equal(columns.count, 0);
      else assert.deepEqual(recordsOf(columns), batch.records);
    });
  }

  test('markers say how the transaction ended', () => {
    const ends = vectors.batches
      .filter((batch) => batch.isControl)
      .map((batch) => decoded(fromHex(batch.hex)).control);

    assert.deepEqual(ends, ['commit', 'abort']);
  });

  for (const batch of vectors.batches.filter(isWrittenByUs)) {
    test(`${batch.name}: written byte for byte as Kafka writes it`, () => {
      assert.equal(hex(encoded(batch)), batch.hex);
    });
  }

  for (const batch of vectors.batches.filter((each) => each.compression !== 'none')) {
    test(`${batch.name}: compressed again, it has the same records`, () => {
      assert.deepEqual(recordsOf(decoded(encoded(batch))), batch.records);
    });
  }
});

test("keys hash as Kafka's partitioner hashes them", () => {
  for (const { key, hash } of vectors.murmur2) assert.equal(murmur2(fromHex(key)), hash, key);
});

/** Compressed bytes depend on the library; markers and the log's own time come from brokers. */
function isWrittenByUs(batch: VectorBatch): boolean {
  return batch.compression === 'none' && !batch.isControl && !batch.hasLogAppendTime;
}

function decoded(bytes: Uint8Array): BatchColumns {
  const columns = new BatchColumns();
  const source = { topic: 'vectors', partition: 0, compressions: builtInCompressions };
  assert.equal(decodeBatch(bytes, 0, columns, source), bytes.length);
  return columns;
}

function encoded(batch: VectorBatch): Uint8Array {
  const builder = new BatchBuilder();
  for (const record of batch.records) addTo(builder, record, record.offset - batch.baseOffset);
  const { compression } = batch;
  const bytes = builder.build({
    producer: {
      id: batch.producerId,
      epoch: batch.producerEpoch,
      baseSequence: batch.baseSequence,
    },
    isTransactional: batch.isTransactional,
    ...(compression === 'none' ? {} : { compression: builtInCompressions[compression] }),
  });
  stampBatch(bytes, 0, batch);
  return bytes;
}

function addTo(builder: BatchBuilder, record: VectorRecord, offsetDelta: number): void {
  const keyBytes = fromHex(record.key ?? '');
  const valueBytes = fromHex(record.value ?? '');
  builder.add(
    {
      keyBytes,
      keyStart: 0,
      keyLength: record.key === null ? -1 : keyBytes.length,
      valueBytes,
      valueStart: 0,
      valueLength: record.value === null ? -1 : valueBytes.length,
      timestamp: record.timestamp,
      headers: headersOf(
        record.headers.map(([name, value]) => [
          Buffer.from(fromHex(name)).toString(),
          value === null ? null : fromHex(value),
        ]),
      ),
    },
    offsetDelta,
  );
}

function recordsOf(columns: BatchColumns): VectorRecord[] {
  return Array.from({ length: columns.count }, (_, index) => ({
    offset: columns.offsets[index] ?? -1,
    timestamp: columns.timestamps[index] ?? -1,
    key: partOf(columns, columns.keyStart[index], columns.keyLength[index]),
    value: partOf(columns, columns.valueStart[index], columns.valueLength[index]),
    headers: headerEntries(columns.headers(index)).map(
      ([name, value]) => [hex(Buffer.from(name)), value === null ? null : hex(value)] as const,
    ),
  }));
}

function partOf({ bytes }: BatchColumns, start = 0, length = 0): string | null {
  return length < 0 ? null : hex(bytes.subarray(start, start + length));
}

function headerFacts({ header }: BatchColumns) {
  return headerFactsOf({ ...header, compression: header.compression ?? 'unknown' });
}

function headerFactsOf(
  batch: Omit<VectorBatch, 'name' | 'records' | 'hex' | 'compression'> & {
    readonly compression: string;
  },
) {
  return {
    compression: batch.compression,
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    leaderEpoch: batch.leaderEpoch,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    maxTimestamp: batch.maxTimestamp,
    isTransactional: batch.isTransactional,
    isControl: batch.isControl,
    hasLogAppendTime: batch.hasLogAppendTime,
  };
}
