import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { nullish, number, object, optional, parse, record, string, unknown } from 'valibot';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { murmur2 } from '../../src/base/murmur2.ts';
import { partitionOfKey } from '../../src/log/partitioner.ts';
import { headersOf, writeHeaders } from '../../src/record/headers.ts';
import { changeSerde } from '../../src/serde/change-serde.ts';
import { decodeBytes, encodeToBytes } from '../../src/serde/encoded.ts';
import { list } from '../../src/serde/list.ts';
import {
  bigint64,
  boolean,
  float64,
  int32,
  int64,
  utf8,
  uuid,
} from '../../src/serde/primitives.ts';
import type { Serde } from '../../src/serde/serde.ts';
import { timestamped } from '../../src/serde/timestamped.ts';
import { windowed } from '../../src/serde/windowed.ts';
import { asValues } from '../../src/store/holding.ts';
import { RowFormat } from '../../src/store/row-format.ts';
import { definitionOf, windowStore } from '../../src/store/store-definition.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { session } from '../../src/window/moving-windows.ts';
import { fromHex, hex } from '../bytes.ts';

// Each vector was made by the Java class that it names.

const vectorForm = object({
  what: string(),
  in: record(string(), unknown()),
  hex: nullish(string()),
  murmur2: optional(number()),
  partitions: optional(record(string(), number())),
});

const vectors = parsed();

function parsed() {
  const text = readFileSync(new URL('bytes.json', import.meta.url), 'utf8');
  const values: unknown = JSON.parse(text);
  assert.ok(Array.isArray(values));
  return values.map((value) => parse(vectorForm, value));
}

suite('bytes are those of Kafka’s Java classes', () => {
  test('keys have the hash and the partitions that Java gives them', () => {
    for (const vector of of('partition')) {
      const keyBytes = fromHex(vector.hex ?? '');
      assert.equal(murmur2(keyBytes, 0, keyBytes.length), vector.murmur2);
      for (const [count, partition] of Object.entries(vector.partitions ?? {})) {
        const key = { keyBytes, keyStart: 0, keyLength: keyBytes.length };
        assert.equal(partitionOfKey(key, Number(count)), partition);
      }
    }
  });

  bothWays('serde:string', utf8, (input) => String(input['value']));
  bothWays('serde:int', int32, (input) => Number(input['value']));
  bothWays('serde:long', bigint64, (input) => BigInt(String(input['value'])));
  bothWays('serde:double', float64, (input) => Number(input['value']));
  bothWays('serde:boolean', boolean, (input) => input['value'] === true);
  bothWays('serde:uuid', uuid, (input) => String(input['value']));
  bothWays('valueAndTimestamp', timestamped(utf8), (input) => ({
    value: String(input['value']),
    timestamp: Number(input['ts']),
  }));

  const tumblingMs = tumbling({ sizeMs: 25, graceMs: 0 });
  const inWindow = (startMs: number) => ({ startMs, endMs: startMs + 25 });
  bothWays('windowedKey', windowed(utf8, tumblingMs), (input) => ({
    key: String(input['key']),
    window: inWindow(Number(input['start'])),
  }));
  bothWays('windowedKeyLong', windowed(int64, tumblingMs), (input) => ({
    key: Number(input['key']),
    window: inWindow(Number(input['start'])),
  }));

  test('longs within the safe integers are those of int64, others are refused', () => {
    for (const vector of of('serde:long')) {
      const value = vector.in['value'];
      const bytes = fromHex(vector.hex ?? '');
      if (typeof value === 'number') {
        assert.equal(hex(encodeToBytes(int64, value)), vector.hex);
        assert.equal(decodeBytes(int64, bytes), value);
      } else {
        assert.throws(() => decodeBytes(int64, bytes), /beyond ±\(2\^53 - 1\)/);
      }
    }
  });

  test('sessions are windowed keys with both ends', () => {
    const serde = windowed(utf8, session({ gapMs: 5, graceMs: 0 }));
    let compared = 0;
    for (const vector of of('sessionKey')) {
      const [startMs, endMs] = [Number(vector.in['start']), Number(vector.in['end'])];
      // A number cannot hold the end of the last one.
      if (!Number.isSafeInteger(endMs)) continue;
      const key = { key: String(vector.in['key']), window: { startMs, endMs } };
      assert.equal(hex(encodeToBytes(serde, key)), vector.hex);
      assert.deepEqual(decodeBytes(serde, fromHex(vector.hex ?? '')), key);
      compared++;
    }
    assert.ok(compared >= 16);
  });

  test('lists are read and written, those with nulls are refused', () => {
    for (const vector of [...of('serde:list<string>'), ...of('serde:list<long>')]) {
      const values = vector.in['value'];
      assert.ok(Array.isArray(values));
      const bytes = fromHex(vector.hex ?? '');
      const isText = vector.what === 'serde:list<string>';
      if (values.includes(null)) {
        const decode = isText ? list(utf8).decode : list(int64).decode;
        assert.throws(() => decode(bytes, 0, bytes.length), /nulls/);
      } else if (isText) {
        compare(list(utf8), values.map(String), vector.hex);
      } else {
        compare(list(int64), values.map(Number), vector.hex);
      }
    }
  });

  test('changes are read and written in the format that an upgrade asks for', () => {
    for (const { in: input, hex: expected } of of('change')) {
      const before = textOrNothing(input['oldValue']);
      const after = textOrNothing(input['newValue']);
      const { upgradeFrom } = input;
      const isOld = upgradeFrom === '3.4' || upgradeFrom === '2.8';
      const serde = changeSerde(utf8, isOld ? 'one-row' : 'both-rows');
      if (input['error'] !== undefined) {
        assert.throws(() => encodeToBytes(serde, { before, after }), /sent apart/);
      } else {
        compare(serde, { before, after }, expected);
      }
    }
  });

  test('headers are those of a record', () => {
    for (const vector of of('headers')) {
      const pairs = vector.in['headers'];
      assert.ok(Array.isArray(pairs));
      const headers = headersOf(
        pairs.map(([name, value]) => [name, value === null ? null : fromHex(value)]),
      );
      const writer = new ByteWriter();
      if (pairs.length > 0) writeHeaders(headers, writer);
      assert.equal(hex(writer.view()), vector.hex);
    }
  });

  test('keys of windows on a changelog have the start and the sequence behind them', () => {
    const handle = windowStore({
      name: 'windows',
      key: utf8,
      value: utf8,
      windowSizeMs: 25,
      retentionMs: 25,
    });
    const definition = definitionOf(handle);
    assert.ok(definition !== undefined);
    const format = new RowFormat(definition, asValues(utf8, 'texts'));
    for (const vector of of('windowStoreKey')) {
      const writer = new ByteWriter();
      format.encodeKey(String(vector.in['key']), writer);
      format.writeChangelogWindow(Number(vector.in['start']), writer);
      assert.equal(hex(writer.view()), vector.hex);
    }
  });
});

type Vector = (typeof vectors)[number];

function of(what: string): readonly Vector[] {
  const found = vectors.filter((vector) => vector.what === what);
  assert.ok(found.length > 0, what);
  return found;
}

function bothWays<T>(what: string, serde: Serde<T>, made: (input: Vector['in']) => T): void {
  test(`${what} is read and written`, () => {
    for (const vector of of(what)) compare(serde, made(vector.in), vector.hex);
  });
}

function compare<T>(serde: Serde<T>, value: T, expected: string | null | undefined): void {
  assert.equal(hex(encodeToBytes(serde, value)), expected);
  assert.deepEqual(decodeBytes(serde, fromHex(expected ?? '')), value);
}

function textOrNothing(value: unknown): string | undefined {
  return value === null ? undefined : String(value);
}
