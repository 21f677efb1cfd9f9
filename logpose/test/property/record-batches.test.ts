import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { crc32c } from '../../src/base/crc32c.ts';
import { builtInCompressions, gzip, zstd } from '../../src/compression/built-in-compressions.ts';
import { LogDamagedError } from '../../src/errors/log-errors.ts';
import { BatchBuilder, type BatchSeal } from '../../src/log/batch-builder.ts';
import { BatchColumns, type BatchSource, decodeBatch } from '../../src/log/batch-columns.ts';
import { crcStart, writeCrc } from '../../src/log/batch-header.ts';
import { headerEntries, headersOf } from '../../src/record/headers.ts';
import { hex } from '../bytes.ts';

interface SomeRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
  /** Offsets left out before it. */
  readonly gap: number;
}

const bytes = fc.option(fc.uint8Array({ maxLength: 200 }), { freq: 6 });
const someRecord: fc.Arbitrary<SomeRecord> = fc.record({
  key: bytes,
  value: bytes,
  timestamp: fc.oneof(
    fc.integer({ min: 1.7e12, max: 1.7e12 + 5000 }),
    fc.integer({ min: -1, max: 2 ** 47 }),
  ),
  headers: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 4 }), bytes), { maxLength: 3 }),
  ),
  gap: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 1000 })),
});
const someRecords = fc.array(someRecord, { maxLength: 30 });
const someSeal: fc.Arbitrary<BatchSeal> = fc.record(
  {
    baseOffset: fc.nat({ max: 2 ** 50 }),
    leaderEpoch: fc.integer({ min: -1, max: 1000 }),
    producer: fc.record({
      id: fc.nat({ max: 2 ** 45 }),
      epoch: fc.nat({ max: 32_767 }),
      baseSequence: fc.nat({ max: 2 ** 31 - 1 }),
    }),
    isTransactional: fc.boolean(),
    compression: fc.constantFrom(gzip, zstd),
  },
  { requiredKeys: [] },
);

const source: BatchSource = { topic: 'orders', partition: 3, compressions: builtInCompressions };

suite('record batches', () => {
  test('any records come back as they went, between other bytes', () => {
    fc.assert(
      fc.property(someRecords, someSeal, (records, seal) => {
        const batch = Buffer.from(built(records, seal));
        const columns = new BatchColumns();
        const end = decodeBatch(Buffer.concat([batch, batch]), batch.length, columns, source);

        assert.equal(end, 2 * batch.length);
        assert.deepEqual(shown(columns), records.map(showRecord));
        assert.deepEqual([...offsetsOf(columns)], expectedOffsets(records, seal));
        const { header } = columns;
        assert.equal(header.baseOffset, seal.baseOffset ?? 0);
        assert.equal(header.leaderEpoch, seal.leaderEpoch ?? -1);
        assert.equal(header.producerId, seal.producer?.id ?? -1);
        assert.equal(header.producerEpoch, seal.producer?.epoch ?? -1);
        assert.equal(header.baseSequence, seal.producer?.baseSequence ?? -1);
        assert.equal(header.isTransactional, seal.isTransactional ?? false);
        assert.equal(header.compression, seal.compression?.name ?? 'none');
        const times = records.map(({ timestamp }) => timestamp);
        assert.equal(header.maxTimestamp, times.length === 0 ? 0 : Math.max(...times));
      }),
    );
  });

  test('a changed byte is damage with its place; offset and epoch lie outside the CRC', () => {
    const flip = fc.record({ at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(someRecords, someSeal, flip, (records, seal, { at, mask }) => {
        const batch = Buffer.from(built(records, seal));
        const place = at % batch.length;
        batch[place] = (batch[place] ?? 0) ^ mask;
        const columns = new BatchColumns();
        if (place < 8 || (place >= 12 && place < 16)) {
          decodeBatch(batch, 0, columns, source);
          assert.deepEqual(shown(columns), records.map(showRecord));
          return;
        }
        const error = thrown(() => decodeBatch(batch, 0, columns, source));
        assert.ok(error instanceof LogDamagedError, String(error));
        assert.equal(columns.count, 0);
        const { position } = error;
        assert.deepEqual(position, { topic: 'orders', partition: 3, offset: seal.baseOffset ?? 0 });
      }),
      { numRuns: 400 },
    );
  });

  test('a batch that is cut anywhere is damage', () => {
    fc.assert(
      fc.property(someRecords, someSeal, fc.nat(), (records, seal, at) => {
        const batch = Buffer.from(built(records, seal));
        const cut = batch.subarray(0, at % batch.length);
        const error = thrown(() => decodeBatch(cut, 0, new BatchColumns(), source));
        assert.ok(error instanceof LogDamagedError, String(error));
      }),
    );
  });

  test('wrong bytes with a right CRC are damage or stay within the batch', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1 });
    fc.assert(
      fc.property(someRecords, someSeal, changes, (records, seal, some) => {
        const batch = Buffer.from(built(records, seal));
        for (const [at, byte] of some) {
          const place = crcStart + (at % (batch.length - crcStart));
          batch[place] = byte;
        }
        writeCrc(batch, 0, crc32c(batch, crcStart));
        const columns = new BatchColumns();
        const error = thrown(() => decodeBatch(batch, 0, columns, source));
        if (error !== undefined) assert.ok(error instanceof LogDamagedError, String(error));
        // Nothing that was accepted leads outside.
        for (let index = 0; index < columns.count; index++) {
          assert.ok((columns.recordEnd[index] ?? 0) <= columns.bytes.length);
          headerEntries(columns.headers(index));
        }
      }),
      { numRuns: 400 },
    );
  });

  test('any bytes at all are damage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
        const error = thrown(() => decodeBatch(garbage, 0, new BatchColumns(), source));
        assert.ok(error instanceof LogDamagedError, String(error));
      }),
    );
  });

  test('a batch of a codec that is not there is damage that names it', () => {
    const batch = Buffer.from(built([], { compression: zstd }));
    const bare: BatchSource = { ...source, compressions: { gzip } };
    assert.throws(() => decodeBatch(batch, 0, new BatchColumns(), bare), /no codec for zstd/);
  });

  test('a batch that would become larger than allowed is damage', () => {
    const value = new Uint8Array(10_000);
    const record = { key: null, value, timestamp: 0, headers: [], gap: 0 };
    for (const compression of [gzip, zstd]) {
      const batch = Buffer.from(built([record], { compression }));
      const small: BatchSource = { ...source, maxDecompressedBytes: 5000 };
      const error = thrown(() => decodeBatch(batch, 0, new BatchColumns(), small));
      assert.ok(error instanceof LogDamagedError, String(error));
    }
  });

  test('a builder that was cleared begins anew', () => {
    const builder = new BatchBuilder();
    const one = { key: null, value: Buffer.from('one'), timestamp: 9, headers: [], gap: 5 };
    add(builder, one);
    builder.clear();
    add(builder, { ...one, timestamp: 3, gap: 0 });

    const columns = new BatchColumns();
    decodeBatch(builder.build(), 0, columns, source);
    assert.equal(columns.count, 1);
    assert.equal(columns.offsets[0], 0);
    assert.equal(columns.header.maxTimestamp, 3);
  });
});

function built(records: readonly SomeRecord[], seal: BatchSeal): Uint8Array {
  const builder = new BatchBuilder(1);
  for (const record of records) add(builder, record);
  return builder.build(seal);
}

function add(builder: BatchBuilder, { key, value, timestamp, headers, gap }: SomeRecord): void {
  const [keyBytes, valueBytes] = [key ?? Buffer.of(), value ?? Buffer.of()];
  builder.add(
    {
      keyBytes,
      keyStart: 0,
      keyLength: key === null ? -1 : key.length,
      valueBytes,
      valueStart: 0,
      valueLength: value === null ? -1 : value.length,
      timestamp,
      headers: headersOf(headers),
    },
    builder.offsetCount + gap,
  );
}

function shown(columns: BatchColumns): unknown[] {
  const { bytes: all, keyStart, keyLength, valueStart, valueLength, timestamps } = columns;
  const part = (start = 0, length = -1) =>
    length < 0 ? null : hex(all.subarray(start, start + length));
  return Array.from({ length: columns.count }, (_, index) => ({
    key: part(keyStart[index], keyLength[index]),
    value: part(valueStart[index], valueLength[index]),
    timestamp: timestamps[index],
    headers: headerEntries(columns.headers(index)).map(showHeader),
  }));
}

function showRecord({ key, value, timestamp, headers }: SomeRecord): unknown {
  return {
    key: key && hex(key),
    value: value && hex(value),
    timestamp,
    headers: headers.map(showHeader),
  };
}

function showHeader([name, value]: readonly [string, Uint8Array | null]): unknown {
  return [name, value && hex(value)];
}

function offsetsOf(columns: BatchColumns): Float64Array {
  return columns.offsets.subarray(0, columns.count);
}

function expectedOffsets(records: readonly SomeRecord[], seal: BatchSeal): number[] {
  let next = seal.baseOffset ?? 0;
  return records.map(({ gap }) => {
    next += gap + 1;
    return next - 1;
  });
}

function thrown(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
