import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crc32c } from './crc32c.ts';

test('the check value of CRC-32C is that of its definition', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
  // RFC 3720, B.4: 32 bytes of zeroes, of ones, ascending.
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e);
});

test('any part of any bytes has the remainder that one division a bit at a time gives', () => {
  const part = fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 2000 }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000, size: 'max' }), part, (bytes, [skip, length]) => {
      const start = Math.min(skip, bytes.length);
      const end = Math.min(start + length, bytes.length);
      assert.equal(crc32c(bytes, start, end), byBits(bytes.subarray(start, end)));
    }),
  );
});

test('a remainder can be gone on from', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), fc.nat(), (bytes, at) => {
      const middle = bytes.length === 0 ? 0 : at % bytes.length;
      const first = crc32c(bytes, 0, middle);
      assert.equal(crc32c(bytes, middle, bytes.length, first), crc32c(bytes));
    }),
  );
});

function byBits(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
