import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { changeSerde } from '../../src/serde/change-serde.ts';
import { decodeBytes, encodeToBytes, identityOf } from '../../src/serde/encoded.ts';
import { serde } from '../../src/serde/from-functions.ts';
import { json } from '../../src/serde/json.ts';
import { list } from '../../src/serde/list.ts';
import {
  bigint64,
  boolean,
  bytes,
  float64,
  int32,
  int64,
  utf8,
  uuid,
} from '../../src/serde/primitives.ts';
import type { Serde } from '../../src/serde/serde.ts';
import { timestamped } from '../../src/serde/timestamped.ts';
import { windowed } from '../../src/serde/windowed.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { hex } from '../bytes.ts';

const text = fc.string({ unit: 'grapheme' });
const windows = tumbling({ sizeMs: 10, graceMs: 0 });
const startMs = fc.integer({ min: -1_000_000, max: 2 ** 45 });
const row = record({ value: text, timestamp: fc.maxSafeInteger() });
const change = fc.oneof(
  record({ before: text, after: text }),
  record({ before: fc.constant(undefined), after: text }),
  record({ before: text, after: fc.constant(undefined) }),
);

suite('any value comes back as it went', () => {
  lawsOf('utf8', utf8, text);
  lawsOf('int32', int32, fc.integer());
  lawsOf('int64', int64, fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -2, max: 2 })));
  lawsOf('bigint64', bigint64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
  lawsOf('float64', float64, fc.double());
  lawsOf('boolean', boolean, fc.boolean());
  lawsOf('uuid', uuid, fc.uuid());
  lawsOf<Uint8Array>('bytes', bytes, fc.uint8Array());
  lawsOf('json', json(Number), fc.integer());
  lawsOf<readonly string[]>('list of utf8', list(utf8), fc.array(text));
  lawsOf<readonly number[]>('list of int64', list(int64), fc.array(fc.maxSafeInteger()));
  lawsOf<readonly (readonly number[])[]>(
    'list of lists',
    list(list(int32)),
    fc.array(fc.array(fc.integer(), { maxLength: 3 }), { maxLength: 5 }),
  );
  lawsOf('windowed', windowed(utf8, windows), windowedKeys());
  lawsOf('timestamped', timestamped(utf8), row);
  lawsOf('change', changeSerde(utf8), change);
  lawsOf(
    'serde from functions',
    serde<string>({
      encode: (value) => Buffer.from(value, 'utf16le'),
      decode: (encoded) => Buffer.from(encoded).toString('utf16le'),
    }),
    text,
  );
});

function lawsOf<T>(name: string, some: Serde<T>, values: fc.Arbitrary<T>): void {
  test(`${name}: read in the middle of other bytes, it is what was written`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const writer = new ByteWriter(1);
        writer.int32(-1);
        some.encode(value, writer);
        const end = writer.length;
        writer.int32(-1);
        assert.deepEqual(some.decode(writer.buffer, 4, end), value);
      }),
    );
  });

  test(`${name}: two values have one identity exactly when they have the same bytes`, () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const areEqual = digits(some, left) === digits(some, right);
        assert.equal(identityOf(some, left) === identityOf(some, right), areEqual);
        const copy = decodeBytes(some, encodeToBytes(some, left));
        assert.equal(identityOf(some, copy), identityOf(some, left));
      }),
    );
  });

  test(`${name}: any bytes are read or refused, and never read beyond`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
        const behind = Buffer.concat([garbage, Buffer.alloc(64, 1)]);
        const read = outcome(() => some.decode(garbage, 0, garbage.length));
        assert.deepEqual(
          outcome(() => some.decode(behind, 0, garbage.length)),
          read,
        );
      }),
    );
  });
}

/** What is returned, or that something was thrown. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    return 'refused';
  }
}

function digits<T>(some: Serde<T>, value: T): string {
  return hex(encodeToBytes(some, value));
}

/** Objects as literals make them. */
function record<T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true });
}

function windowedKeys() {
  return record({
    key: text,
    window: startMs.map((start) => ({ startMs: start, endMs: start + 10 })),
  });
}
