import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hex } from '../../test/bytes.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { position, readVarint } from '../base/varint.ts';
import {
  headerEntries,
  headersFromBytes,
  headersOf,
  noHeaders,
  type RecordHeaders,
  writeHeaders,
} from './headers.ts';

const name = fc.string({ unit: 'grapheme', maxLength: 5 });
const entries = fc.array(fc.tuple(name, fc.option(fc.uint8Array({ maxLength: 5 }))), {
  maxLength: 6,
});

test('headers are read by name: the last one counts, all are there', () => {
  const headers = noHeaders.with('trace', 'a').with('user', 'ada').with('trace', 'b');

  assert.equal(headers.text('trace'), 'b');
  assert.deepEqual(headers.all('trace').map(String), ['97', '98']);
  assert.equal(headers.get('other'), undefined);
  assert.deepEqual(
    [...headers].map(([each]) => each),
    ['trace', 'user', 'trace'],
  );
});

test('headers do not change: with and without make new ones', () => {
  const one = noHeaders.with('trace', 'a');
  const none = one.without('trace');

  assert.equal([...noHeaders].length, 0);
  assert.equal([...one].length, 1);
  assert.equal([...none].length, 0);
});

test('the bytes of a header that was added may be used again', () => {
  for (const value of [Buffer.from('a'), new Uint8Array([97])]) {
    const headers = noHeaders.with('trace', value);
    value.fill(0);
    assert.equal(headers.text('trace'), 'a');
  }
});

test('a null value is kept as null on the wire and reads as no bytes', () => {
  const headers = headersOf([['trace', null]]);

  assert.equal(written(headers), '020a747261636501');
  assert.deepEqual(headers.get('trace'), new Uint8Array(0));
  assert.deepEqual(headerEntries(reread(headers)), [['trace', null]]);
});

test('any headers come back as they went, and are written again as they were read', () => {
  fc.assert(
    fc.property(entries, (some) => {
      const headers = headersOf(some);
      const again = reread(headers);
      assert.equal(written(again), written(headers));
      assert.deepEqual(headerEntries(again), some);
      const more = again.with('last', 'one');
      assert.deepEqual(headerEntries(more).slice(0, -1), some);
      assert.equal(more.text('last'), 'one');
    }),
  );
});

function written(headers: RecordHeaders): string {
  const writer = new ByteWriter();
  writeHeaders(headers, writer);
  return hex(writer.view());
}

/** What a reader of the encoded form gets. */
function reread(headers: RecordHeaders): RecordHeaders {
  const bytes = Buffer.from(written(headers), 'hex');
  const count = readVarint(bytes, 0);
  return headersFromBytes(bytes.subarray(position), count);
}
