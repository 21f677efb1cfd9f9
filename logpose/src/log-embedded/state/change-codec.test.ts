import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter } from '../../base/byte-writer.ts';
import type { Change } from './change.ts';
import { readChanges, writeChange } from './change-codec.ts';

const count = fc.nat({ max: 2 ** 52 });
const text = fc.string({ unit: 'grapheme' });
const kind = <K extends Change['kind']>(name: K) => fc.constant(name);

const keptSegment = fc.record({
  baseOffset: count,
  sizeBytes: count,
  generation: count,
  times: fc.option(fc.record({ firstMs: count, maxMs: count }), {
    nil: undefined,
  }),
});

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: kind('opened'),
    bootId: text,
    leaderEpoch: count,
    nextTopicNumber: count,
  }),
  fc.record({ kind: kind('closed') }),
  fc.record({
    kind: kind('topic-created'),
    number: count,
    topicId: text,
    name: text,
    partitions: count,
    config: fc.dictionary(text, text),
  }),
  fc.record({ kind: kind('topic-deleted'), number: count }),
  fc.record({
    kind: kind('appended'),
    topic: count,
    partition: count,
    baseOffset: count,
    sizeBytes: count,
    endOffset: count,
  }),
  fc.record({ kind: kind('start-moved'), topic: count, partition: count, startOffset: count }),
  fc.record({
    kind: kind('offset'),
    groupId: text,
    offset: fc.record({ topic: text, partition: count, offset: count, metadata: text }),
  }),
  fc.record({ kind: kind('producer'), transactionalId: text, epoch: count }),
  fc.record({
    kind: kind('partition'),
    topic: count,
    partition: count,
    startOffset: count,
    endOffset: count,
    cleanOffset: count,
    segments: fc.array(keptSegment),
  }),
  fc.record({
    kind: kind('segments-cleaned'),
    topic: count,
    partition: count,
    cleanOffset: count,
    replaced: fc.array(count),
    segments: fc.array(keptSegment),
  }),
);

suite('changes in bytes', () => {
  test('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        // Some of the generated ones have no prototype; a clone is a plain object.
        assert.deepEqual(readChanges(bytesOf(changes)), structuredClone(changes));
      }),
    );
  });

  test('of a kind that is not known are refused', () => {
    assert.throws(() => readChanges(Uint8Array.of(99)), RangeError);
  });

  test('that end too early are refused', () => {
    const bytes = bytesOf([{ kind: 'producer', transactionalId: 'writer', epoch: 7 }]);

    for (let length = 1; length < bytes.length - 1; length++) {
      assert.throws(() => readChanges(bytes.subarray(0, length)), RangeError);
    }
  });
});

function bytesOf(changes: readonly Change[]): Uint8Array {
  const writer = new ByteWriter();
  for (const each of changes) writeChange(each, writer);
  return writer.copy();
}
