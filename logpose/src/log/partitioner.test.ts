import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { partitionOfKey, StickyPartitioner } from './partitioner.ts';

suite('partitioner', () => {
  test('a key goes where Kafka puts it, wherever its bytes lie', () => {
    const keyBytes = Buffer.from('--kafka--');

    const partition = partitionOfKey({ keyBytes, keyStart: 2, keyLength: 5 }, 100);

    assert.equal(partition, partitionOfKey(key('kafka'), 100));
    assert.deepEqual(
      ['', 'a', 'ab', 'abc', 'abcd', 'ada', 'grace'].map((text) => partitionOfKey(key(text), 100)),
      [81, 24, 34, 7, 0, 21, 94],
    );
  });

  test('records without a key stay with one partition until it has its share of bytes', () => {
    const partitioner = new StickyPartitioner(sequence([0, 0.99, 0.5]), 100);

    const chosen = [60, 60, 60, 60, 1].map((bytes) => partitioner.next(bytes, 4));

    assert.deepEqual(chosen, [0, 0, 3, 3, 2]);
  });

  test('a topic that lost partitions is never given one it no longer has', () => {
    const partitioner = new StickyPartitioner(sequence([0.99, 0.99]));
    partitioner.next(1, 4);

    assert.equal(partitioner.next(1, 2), 1);
  });
});

function key(text: string) {
  const keyBytes = Buffer.from(text);
  return { keyBytes, keyStart: 0, keyLength: keyBytes.length };
}

function sequence(numbers: readonly number[]): () => number {
  let at = 0;
  return () => numbers[at++] ?? 0;
}
