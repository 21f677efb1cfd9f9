import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  putInt16,
  putInt32,
  putInt64,
  readInt16,
  readInt32,
  readInt64,
  readUint32,
} from './big-endian.ts';

test('integers are read and written as Node does', () => {
  const bytes = Buffer.alloc(11);
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer(), (large, small) => {
      putInt64(bytes, 2, large);
      assert.equal(bytes.readBigInt64BE(2), BigInt(large));
      assert.equal(readInt64(bytes, 2), large);
      putInt32(bytes, 3, small);
      assert.equal(bytes.readInt32BE(3), small);
      assert.equal(readInt32(bytes, 3), small);
      assert.equal(readUint32(bytes, 3), bytes.readUInt32BE(3));
      putInt16(bytes, 1, small);
      assert.equal(readInt16(bytes, 1), bytes.readInt16BE(1));
      assert.equal(readInt16(bytes, 1), (small << 16) >> 16);
    }),
  );
});
