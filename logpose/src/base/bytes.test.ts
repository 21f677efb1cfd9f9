import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { afterPrefix, compareBytes, copyBytes, fromLatin1, latin1 } from './bytes.ts';

const someBytes = fc.uint8Array({ maxLength: 5 });

test('a copy does not change with what was copied, whatever kind of array that is', () => {
  for (const original of [Buffer.from('abc'), new Uint8Array([97, 98, 99])]) {
    const copied = copyBytes(original, 1);
    original.fill(0);
    assert.deepEqual([...copied], [98, 99]);
  }
});

test('what comes after a prefix leaves the prefix as it is', () => {
  for (const prefix of [Buffer.from([1, 2]), new Uint8Array([1, 2])]) {
    assert.deepEqual([...(afterPrefix(prefix) ?? [])], [1, 3]);
    assert.deepEqual([...prefix], [1, 2]);
  }
});

test('nothing comes after a prefix of the highest bytes, and of no bytes', () => {
  assert.equal(afterPrefix(new Uint8Array([255, 255])), undefined);
  assert.equal(afterPrefix(new Uint8Array(0)), undefined);
});

test('what comes after a prefix comes behind exactly what begins with it or precedes it', () => {
  fc.assert(
    fc.property(someBytes, someBytes, (prefix, bytes) => {
      const after = afterPrefix(prefix);
      const begins = compareBytes(bytes.subarray(0, prefix.length), prefix) === 0;
      const isBefore = after === undefined || compareBytes(bytes, after) < 0;
      assert.equal(isBefore, begins || after === undefined || compareBytes(bytes, prefix) < 0);
    }),
  );
});

test('text of one character per byte compares as the bytes do', () => {
  fc.assert(
    fc.property(someBytes, someBytes, (left, right) => {
      const [a, b] = [latin1(left), latin1(right)];
      assert.equal(Math.sign(compareBytes(left, right)), a < b ? -1 : a > b ? 1 : 0);
      assert.deepEqual([...fromLatin1(a)], [...left]);
    }),
  );
});
