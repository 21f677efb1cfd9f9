import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hex } from '../../test/bytes.ts';
import { ByteWriter } from './byte-writer.ts';

test('numbers are written big-endian, as Buffer writes them', () => {
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeInteger(), fc.double(), (small, large, decimal) => {
      const writer = new ByteWriter(1);
      writer.byte(small & 255);
      writer.int32(small);
      writer.int64(large);
      writer.bigint64(BigInt(large));
      writer.float64(decimal);

      const expected = Buffer.alloc(29);
      let at = expected.writeUInt8(small & 255);
      at = expected.writeInt32BE(small, at);
      at = expected.writeBigInt64BE(BigInt(large), at);
      at = expected.writeBigInt64BE(BigInt(large), at);
      expected.writeDoubleBE(decimal, at);
      assert.equal(hex(writer.view()), hex(expected));
    }),
  );
});

test('text and bytes of any length are written whole, whatever room there was', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 80 }), (some, bytes) => {
      const writer = new ByteWriter(1);
      writer.utf8(some);
      writer.bytes(bytes);
      writer.bytes(bytes, 1, Math.max(1, bytes.length - 1));
      writer.latin1('ÿ');

      const middle = bytes.subarray(1, Math.max(1, bytes.length - 1));
      const expected = Buffer.concat([Buffer.from(some), bytes, middle, Buffer.of(255)]);
      assert.equal(hex(writer.view()), hex(expected));
    }),
  );
});

test('a copy stays when the writer is used again, a view does not', () => {
  const writer = new ByteWriter();
  writer.utf8('tea');
  const [copy, view] = [writer.copy(), writer.view()];
  writer.clear();
  writer.utf8('ale');

  assert.equal(copy.toString(), 'tea');
  assert.equal(view.toString(), 'ale');
  assert.equal(writer.length, 3);
});

test('more than an array can hold is refused before anything is allocated', () => {
  const writer = new ByteWriter(1);
  writer.length = 2 ** 31 - 2;
  assert.throws(() => writer.int32(1), /more than 2147483647 bytes/);
});
