import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { KeyOffsets } from './key-offsets.ts';

suite('the last offsets of keys', () => {
  test('are those of a map', () => {
    const key = fc.string({ maxLength: 4 });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 2000 }), (keys) => {
        const expected = new Map(keys.map((each, offset) => [each, offset]));
        const found = new KeyOffsets(10_000_000);
        for (const [offset, each] of keys.entries()) {
          assert(found.note(Buffer.from(each), offset));
        }
        assert.equal(found.size, expected.size);
        for (const [each, offset] of expected) {
          assert.equal(found.offsetOf(Buffer.from(each)), offset);
        }
        assert.equal(found.offsetOf(Buffer.from('longer than any')), undefined);
      }),
    );
  });

  test('are kept for many keys, also beyond the 32 bits of a number', () => {
    const offsets = new KeyOffsets(100_000_000);
    for (let at = 0; at < 50_000; at++) offsets.note(Buffer.from(`key ${at}`), 2 ** 40 + at);

    for (let at = 0; at < 50_000; at += 997) {
      assert.equal(offsets.offsetOf(Buffer.from(`key ${at}`)), 2 ** 40 + at);
    }
  });

  test('need no more room than they may, and known keys none', () => {
    const offsets = new KeyOffsets(1000);
    let noted = 0;
    while (offsets.note(Buffer.from(`key ${noted}`), noted)) noted++;

    assert(noted > 10 && noted < 30, `${noted} keys`);
    assert.equal(offsets.offsetOf(Buffer.from(`key ${noted}`)), undefined);
    assert(offsets.note(Buffer.from('key 0'), 99));
    assert.equal(offsets.offsetOf(Buffer.from('key 0')), 99);
  });

  test('have room for one key, however long', () => {
    const offsets = new KeyOffsets(1);

    assert(offsets.note(Buffer.alloc(100_000), 7));
    assert(!offsets.note(Buffer.from('a'), 8));
    assert.equal(offsets.offsetOf(Buffer.alloc(100_000)), 7);
  });
});
