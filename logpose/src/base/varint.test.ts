import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hex } from '../../test/bytes.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  position,
  readVarint,
  readVarlong,
  sizeOfVarint,
  sizeOfVarlong,
  writeVarint,
  writeVarlong,
} from './varint.ts';

test('small numbers of either sign take one byte', () => {
  const bytesOf = (value: number) => {
    const writer = new ByteWriter();
    writeVarint(value, writer);
    return hex(writer.view());
  };
  assert.deepEqual([0, -1, 1, -64, 63, 64, 300].map(bytesOf), [
    '00',
    '01',
    '02',
    '7f',
    '7e',
    '8001',
    'd804',
  ]);
});

test('any 32-bit number comes back, in as many bytes as its size says', () => {
  const edges = fc.constantFrom(0, -1, 63, 64, 8191, 8192, 2 ** 31 - 1, -(2 ** 31));
  fc.assert(
    fc.property(fc.oneof(edges, fc.integer()), (value) => {
      const writer = new ByteWriter();
      writer.byte(1);
      writeVarint(value, writer);
      assert.equal(readVarint(writer.buffer, 1), value);
      assert.equal(position, writer.length);
      assert.equal(sizeOfVarint(value), writer.length - 1);
    }),
  );
});

test('any safe integer comes back, in as many bytes as its size says', () => {
  const edges = fc.constantFrom(0, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 52, -(2 ** 52));
  fc.assert(
    fc.property(fc.oneof(edges, fc.integer({ min: -(2 ** 52), max: 2 ** 52 })), (value) => {
      const writer = new ByteWriter();
      writer.byte(1);
      writeVarlong(value, writer);
      assert.equal(readVarlong(writer.buffer, 1), value);
      assert.equal(position, writer.length);
      assert.equal(sizeOfVarlong(value), writer.length - 1);
    }),
  );
});

test('reading any bytes ends within ten of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      readVarint(bytes, 0);
      assert.ok(position <= 5);
      readVarlong(bytes, 0);
      assert.ok(position <= 10);
    }),
  );
});
